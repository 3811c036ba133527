"""What stands around the tabs: header, map, countries, site card, running jobs."""
