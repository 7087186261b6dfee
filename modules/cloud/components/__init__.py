"""Pulumi components of the shared cloud; their logical names are ids of the estate, never positions in a list."""
