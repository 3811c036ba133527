"""Geocoding on a Dask cluster: the client, the workers, and the batches."""
