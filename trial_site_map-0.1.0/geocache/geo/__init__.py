"""Geography without a gazetteer: countries, borders, distances and names."""
