"""The command line's commands: the store's upkeep, copies, evaluation."""
