"""A directed radio link between two roofs."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="radio",
    nl="Straalverbinding",
    en="Point-to-point radio",
    medium=Medium.RADIO,
    capacity=500_000_000,
    cost=60,
    max_km=15.0,
)
