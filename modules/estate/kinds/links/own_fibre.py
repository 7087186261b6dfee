"""Fibre that the municipality or the intermunicipal organisation owns."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="own-fibre",
    nl="Eigen glasvezel",
    en="Own fibre",
    medium=Medium.FIBRE,
    capacity=10_000_000_000,
    mtu=9000,
    cost=10,
    over_spans=True,
    own=True,
    max_km=80.0,
    aliases=("fibre",),
)
