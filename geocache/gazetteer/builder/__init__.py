"""Builds the gazetteer's index from the data packages."""
