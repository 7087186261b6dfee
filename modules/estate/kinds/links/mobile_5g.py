"""A tunnel over a fifth-generation mobile network."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="5g",
    nl="5G",
    en="5G",
    medium=Medium.RADIO,
    capacity=200_000_000,
    mtu=1380,
    cost=150,
    tunnel=True,
    port="wwan0",
    mark=51,
)
