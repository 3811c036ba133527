"""The command line's commands: read, fetch, refresh, warm and export, a module each."""
