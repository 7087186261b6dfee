"""Dark fibre leased from others, lit with own optics."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="leased-fibre",
    nl="Gehuurde donkere vezel",
    en="Leased dark fibre",
    medium=Medium.FIBRE,
    capacity=10_000_000_000,
    mtu=9000,
    cost=12,
    over_spans=True,
    max_km=80.0,
)
