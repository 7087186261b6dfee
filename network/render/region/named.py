"""dns/zones.conf: which zones of machines the name servers hold, and whom they answer (BIND 9).

Visitors resolve by the same servers as everybody, but what machines there are is not for them: their queries for these
zones are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netaddr import IPNetwork, cidr_merge

from virgem.modules.estate.kinds.types import Icr
from virgem.network.machines import records
from virgem.network.matrix import matrix
from virgem.network.model import NetworkPlan
from virgem.network.render.base import RegionRenderer

FILE = "dns/zones.conf"


def files(plan: NetworkPlan) -> Mapping[str, str]:
    """Return the file; none where no DNS service is there to read it."""
    zones = list(records(plan))
    return {FILE: _text(plan, zones)} if zones else {}


def _text(plan: NetworkPlan, zones: Iterable[str]) -> str:
    visitors = [zone for zone in matrix(plan).zones if zone.icr is Icr.VISITOR]
    lines = ["// made by virgem, do not edit"]
    lines += _list("visitors", [*(zone.prefix4 for zone in visitors), *(zone.prefix6 for zone in visitors)])
    lines += _list("region", [*plan.pools4, *plan.pools6])
    for zone in zones:
        lines += [
            f'zone "{zone}" {{',
            "  type primary;",
            f'  file "{zone}.zone";',
            "  allow-query { !visitors; region; localhost; };",
            "};",
        ]
    return "\n".join([*lines, ""])


def _list(name: str, prefixes: list[IPNetwork]) -> list[str]:
    """Return an access list; an empty one names nobody."""
    merged = cidr_merge(prefixes) if prefixes else ["none"]
    return [f"acl {name} {{", *(f"  {prefix};" for prefix in merged), "};"]


REGION_RENDERER = RegionRenderer(name="named", files=FILE, render=files, checker=("named-checkconf", "{file}"))
