"""The model: trials, the site table, positions, and pure functions over them."""
