"""What stands between the network and the application: checks, limits and headers."""
