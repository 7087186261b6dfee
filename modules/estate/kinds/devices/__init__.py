"""Device kinds, one file each."""
