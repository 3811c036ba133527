"""Files the page serves to the browser: the basemap, and where it came from."""
