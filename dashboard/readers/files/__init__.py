"""File formats: bytes to rows, records or text, within bounds."""
