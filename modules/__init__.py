"""The building blocks of the virtual municipality, one folder each."""
