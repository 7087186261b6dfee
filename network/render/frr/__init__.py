"""The parts of a site's FRR configuration (FRR 8.4 syntax)."""
