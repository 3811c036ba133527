"""The commands of the command line: the store's content, its export and backup, evaluation."""
