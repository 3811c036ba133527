"""Builds the gazetteer's index: reads the data packages, writes flat files."""
