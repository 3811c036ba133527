"""Conditions as concepts: their words, their narrower terms, and the trials that have them."""
