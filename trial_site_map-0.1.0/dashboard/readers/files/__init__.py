"""File formats: bytes to rows, records or text, within bounds of time and memory."""
