"""dns/<zone>.zone: the zones of machines (network/machines.py), for the servers of the shared DNS service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from virgem.network.machines import records
from virgem.network.model import NetworkPlan
from virgem.network.render.base import RegionRenderer

TTL = 3600
# Refresh, retry, expire and negative time to live in seconds (RIPE-203, RFC 2308).
TIMES = "86400 7200 3600000 300"


def files(plan: NetworkPlan) -> Mapping[str, str]:
    """Return every zone file of the region; none where no DNS service is there to hold them."""
    return {f"dns/{zone}.zone": _text(plan, zone, lines) for zone, lines in records(plan).items()}


def _text(plan: NetworkPlan, zone: str, lines: Iterable[str]) -> str:
    servers = list(plan.name_servers)
    head = [
        f"; {zone}: made by virgem, do not edit",
        f"$ORIGIN {zone}.",
        f"$TTL {TTL}",
        f"@ IN SOA {servers[0]}. hostmaster.{plan.domain}. {plan.serials[zone]} {TIMES}",
        *(f"@ IN NS {name}." for name in servers),
    ]
    return "\n".join([*head, *lines, ""])


REGION_RENDERER = RegionRenderer(
    name="dns",
    files="dns/*.zone",
    render=files,
    checker=("named-checkzone", "-q", "-i", "local", "{zone}", "{file}"),
)
