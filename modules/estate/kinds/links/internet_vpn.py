"""A tunnel over an ordinary internet line (VDSL or coax)."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="internet-vpn",
    nl="VPN over internet",
    en="Internet VPN",
    medium=Medium.FIXED,
    capacity=100_000_000,
    mtu=1420,
    cost=100,
    tunnel=True,
)
