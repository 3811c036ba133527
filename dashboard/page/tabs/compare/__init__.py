"""The Compare tab: two lists, trials or filters, and the versions of one over time."""
