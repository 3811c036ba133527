"""What the map draws: places, the layer of markers, the base map, the map as a file."""
