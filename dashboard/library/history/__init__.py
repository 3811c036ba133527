"""Earlier versions of lists and trials: packed as differences, and counted over time."""
