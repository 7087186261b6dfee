"""Link kinds, one file each."""
