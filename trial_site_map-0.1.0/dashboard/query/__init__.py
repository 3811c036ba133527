"""Filters and queries: parsed, checked, applied to the site table, and counted."""
