"""Who lives near the sites of a filter, where nobody does, and where a further site would help."""
