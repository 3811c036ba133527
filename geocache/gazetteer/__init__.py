"""The offline provider: a geopy geocoder over an index of GeoNames places."""
