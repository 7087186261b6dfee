"""A new estate: real municipalities from the public data, everything else invented and sized by formula."""

from virgem.modules.estate.starter.build import REFERENCE_DAY, new_estate
from virgem.modules.estate.starter.selection import Selection, named_after, operator, select
from virgem.modules.estate.starter.sizing import Sizes, sizes
from virgem.modules.estate.starter.writing import write_estate

__all__ = [
    "REFERENCE_DAY",
    "Selection",
    "Sizes",
    "named_after",
    "new_estate",
    "operator",
    "select",
    "sizes",
    "write_estate",
]
