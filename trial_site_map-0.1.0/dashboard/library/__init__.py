"""Which lists are open: the operator's, uploads, fetched trials; and their storage."""
