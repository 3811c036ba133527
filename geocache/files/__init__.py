"""Files of places, positions and pins: read, written whole, exported, imported."""
