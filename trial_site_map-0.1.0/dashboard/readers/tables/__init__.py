"""Tables of any layout: which row is the header, which column is which."""
