"""Background jobs: the runner, and the work of geocoding, uploading and fetching trials."""
