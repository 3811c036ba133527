"""Builds the bundled basemap and the outlines of states from data that packages carry."""
