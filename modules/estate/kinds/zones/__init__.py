"""Zone kinds, one file each."""
