"""Rows of text with their columns lined up, for a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def lined_up(rows: Iterable[Sequence[str]], left: Collection[int] | None = None) -> tuple[list[str], str]:
    """Return a line for every row and a rule as wide as they are; columns of `left`, else all, are aligned left."""
    cells = list(rows)
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(wide[i]) if left is None or i in left else cell.rjust(wide[i]) for i, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]
    return lines, "  ".join("-" * width for width in wide)
