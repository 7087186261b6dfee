"""Entity kinds, one file each."""
