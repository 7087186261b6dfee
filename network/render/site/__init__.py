"""The files of a site's router, one renderer each."""
