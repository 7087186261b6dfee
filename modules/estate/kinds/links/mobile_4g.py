"""A tunnel over a fourth-generation mobile network."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="4g",
    nl="4G",
    en="4G",
    medium=Medium.RADIO,
    capacity=50_000_000,
    mtu=1380,
    cost=200,
    tunnel=True,
    port="wwan0",
    mark=51,
)
