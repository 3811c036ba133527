"""Files of places, positions and pins: reading, atomic writing, export and import."""
