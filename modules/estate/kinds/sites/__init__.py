"""Site kinds, one file each."""
