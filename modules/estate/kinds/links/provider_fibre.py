"""An Ethernet service over the fibre of a provider."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="provider-fibre",
    nl="Glasvezel van een provider",
    en="Provider fibre",
    medium=Medium.FIBRE,
    capacity=1_000_000_000,
    mtu=9000,
    cost=20,
)
