"""Who can reach the sites: shares, gaps, a map of rates, and trials over time."""
