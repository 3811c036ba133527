"""Links for colleagues: a copy of a list under a key, on every replica."""
