"""Bytes in, trials and sites out; the format is chosen by content."""
