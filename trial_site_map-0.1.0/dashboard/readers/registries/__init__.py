"""The trial registries' own formats."""
