"""Geography without a gazetteer: countries, borders, distances, names."""
