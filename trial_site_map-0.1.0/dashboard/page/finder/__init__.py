"""The finder: a mode of the page for people who look for a trial near them, in five languages."""
