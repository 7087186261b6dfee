"""The files of the region, one renderer each."""
