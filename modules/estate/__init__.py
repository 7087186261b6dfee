"""The estate: the typed model of a region, and the way from text to that model."""
