"""Dutch and English: sentences of the page and words for values."""
