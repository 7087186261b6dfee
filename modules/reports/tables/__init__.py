"""One table of the report per file, found by looking."""
