"""The tabs below the map: sites, facilities, trials, quality, open lists."""
