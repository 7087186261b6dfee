"""A closed IP VPN of a telecom operator."""

from virgem.modules.estate.kinds.types import LinkKind, Medium

KIND = LinkKind(
    id="operator-vpn", nl="VPN van een operator", en="Operator VPN", medium=Medium.FIXED, capacity=200_000_000, cost=50
)
