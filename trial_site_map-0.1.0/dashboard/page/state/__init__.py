"""What a browser session holds: filters and address bar, selection, lists, login."""
