"""Files the page serves to the browser: scripts, styles, and the basemap in vector tiles."""
