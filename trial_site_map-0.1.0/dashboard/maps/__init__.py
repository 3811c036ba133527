"""The map: places and markers of a site table, the basemap, the map as a file."""
