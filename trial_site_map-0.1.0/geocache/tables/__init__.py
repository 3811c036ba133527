"""Tables of places as people keep them: delimited files, names of columns, degrees as text."""
