"""Pictures as SVG text: pure, the same bytes for the same plan."""
