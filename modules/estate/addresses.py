"""Which addresses mean nothing on a public network."""

from __future__ import annotations

from netaddr import IPNetwork

# RFC 1918 and RFC 6598, RFC 4193.
PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
# Beside those, shared, test and discard prefixes (RFC 6890). Those for documentation (RFC 5737, RFC 3849, RFC 9637)
# are not among them: nobody holds them, and examples use them as somebody on the internet.
NOT_PUBLIC = (*PRIVATE, "192.0.0.0/24", "198.18.0.0/15", "100::/64")
_NETWORKS = tuple(IPNetwork(text) for text in NOT_PUBLIC)


def hidden(network: IPNetwork) -> bool:
    """Tell whether a prefix, or a part of it, may not appear on a public network."""
    return any(network in other or other in network for other in _NETWORKS if other.version == network.version)
