"""A small region with something of all that can have a price, and its costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from regions import HALL, KORTRIJK, KUURNE, WAREGEM, estate, planned

from virgem.modules.costs.model import Costs, Line
from virgem.modules.costs.monthly import monthly
from virgem.modules.estate.model import Estate
from virgem.network.model import NetworkPlan

PRICES: Mapping[str, Any] = {"core": 4.5, "ram": 1.8, "disk": 0.05, "volume": 0.06, "load-balancer": 12.5}
SERVERS = {
    "web": {"flavor": "medium", "count": 2, "tier": "dmz", "serves": [443]},
    "sql": {"flavor": "large", "tier": "data", "serves": [5432], "image": "debian-13"},
}
SHARES: Mapping[str, Any] = {
    KORTRIJK: {
        "cloud": {
            "quota": "large",
            "servers": SERVERS,
            "volumes": {
                "plain": {"size": 100, "backup": True},
                "secret": {"size": 50, "server": "sql", "encrypted": True, "backup": True},
            },
            "load-balancers": {"front": {"servers": ["web"]}},
            "dns": {"www": {"load-balancer": "front"}},
        },
        "services": ["dns", "files"],
    },
    WAREGEM: {"cloud": {"servers": {"app": {}}}, "services": ["dns"]},
}
SERVICES = {"dns": {"servers": 2, "flavor": "small", "volume-gb": 0}, "files": {"servers": 1, "volume-gb": 2000}}


@cache
def region(*, cloud: bool = True) -> tuple[Estate, NetworkPlan]:
    """Kortrijk, Kuurne without a share of the cloud, and Waregem; without prices."""
    towns = {KORTRIJK: {"stadhuis": HALL}, WAREGEM: {"stadhuis": HALL}, KUURNE: {"gemeentehuis": HALL}}
    centres = {
        "west": {"at": "kortrijk/stadhuis", "floating": "192.0.2.64/27"},
        "east": {"at": "waregem/stadhuis", "floating": "192.0.2.96/27"},
    }
    upstreams = {"internet": {"translate": ["203.0.113.128/25", "2001:db8:f000::/48"]}}
    flows = {"site": {"from": "upstream:internet", "to": "kortrijk:front", "purpose": "Website for everybody"}}
    found = estate(
        towns,
        SHARES if cloud else {},
        datacentres=centres,
        services=SERVICES,
        upstreams=upstreams,
        flows=flows if cloud else {},
    )
    return found, planned(found)[0]


def priced(prices: Mapping[str, Any], *, cloud: bool = True) -> tuple[Estate, NetworkPlan]:
    """The same with these prices, as they stand in the text; they change nothing of the plan."""
    one = estate({KORTRIJK: {"stadhuis": HALL}, WAREGEM: {"stadhuis": HALL}}, prices=prices)
    bare, plan = region(cloud=cloud)
    return dataclasses.replace(bare, prices=one.prices), plan


def costs(prices: Mapping[str, Any], *, cloud: bool = True) -> Costs:
    """The costs of the region with these prices."""
    return monthly(*priced(prices, cloud=cloud))


def line(found: Costs, nis: str, what: str, name: str = "") -> Line:
    """The one line of a tenant about this."""
    [one] = [line for line in found.by_nis[nis].lines if line.key == (what, name)]
    return one


def amounts(found: Costs, what: str, name: str = "") -> dict[str, str]:
    """What each tenant pays for this, by NIS code, where it does."""
    keys = ((tenant.nis, line) for tenant in found.tenants for line in tenant.lines)
    return {nis: str(line.amount) for nis, line in keys if line.key == (what, name)}
