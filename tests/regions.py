"""Small estates for tests, told as plain dictionaries: {NIS code: {site: its YAML as a dictionary}}."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from netaddr import IPNetwork

from virgem.modules.estate.loader import SourceFiles, load
from virgem.modules.estate.model import Estate
from virgem.modules.estate.public import municipality
from virgem.network.lock import EMPTY, Lock
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network

KORTRIJK, WAREGEM, HARELBEKE, KUURNE, MENEN, ANZEGEM = "34022", "34040", "34013", "34023", "34027", "34002"
HALL = {"kind": "town-hall"}


def texts(towns: Mapping[str, Mapping[str, Any]], shares: Mapping[str, Any] = {}, **keys: Any) -> dict[str, bytes]:
    """Return the files of an estate; `keys` go into estate.yaml, `shares` into the municipalities' files.

    Datacentres get a public address where they name none.
    """
    centres = keys.get("datacentres", {})
    known = {id_: {"public": f"192.0.2.{index}", **row} for index, (id_, row) in enumerate(centres.items(), 1)}
    main = {
        "apiVersion": "virgem/v1",
        "name": "test",
        "operator": {"name": "Leiedal"},
        "pools": {"ipv4": "10.0.0.0/9", "ipv6": "fd34:22::/32"},
        **keys,
        "datacentres": known,
    }
    found = {"estate.yaml": json.dumps(main, indent=1).encode()}
    for nis, sites in towns.items():
        public = municipality(nis)
        assert public is not None
        body = {"municipality": int(nis), "sites": sites, **shares.get(nis, {})}
        found[f"municipalities/{nis}-{public.id}.yaml"] = json.dumps(body, indent=1).encode()
    return found


def estate(towns: Mapping[str, Mapping[str, Any]], shares: Mapping[str, Any] = {}, **keys: Any) -> Estate:
    """Return the estate those files describe; it has no errors."""
    return from_files(texts(towns, shares, **keys))


def from_files(files: Mapping[str, bytes]) -> Estate:
    """Return the estate of files without errors."""
    loaded = load(SourceFiles(files=files))
    assert not loaded.problems, loaded.problems
    assert loaded.estate is not None
    return loaded.estate


def planned(estate: Estate, lock: Lock = EMPTY) -> tuple[NetworkPlan, Lock]:
    """Return the plan and the new lock of an estate that can be planned."""
    result = plan_network(estate, lock)
    assert result.plan is not None, result.problems
    return result.plan, result.lock


def codes(estate: Estate, lock: Lock = EMPTY) -> list[str]:
    """Return the codes of the problems that planning finds."""
    return [problem.code for problem in plan_network(estate, lock).problems]


def prefixes(plan: NetworkPlan) -> Iterator[tuple[str, IPNetwork]]:
    """Yield every prefix that no other may overlap, with whose it is."""
    for router in plan.routers:
        yield f"loopback of {router.site.path}", IPNetwork(router.loopback4)
        yield f"loopback of {router.site.path}", IPNetwork(router.loopback6)
        for zone in router.zones:
            yield zone.key, zone.prefix4
            yield zone.key, zone.prefix6
    for link in plan.links:
        yield link.key, link.ends[0].address4.cidr
        yield link.key, link.ends[0].address6.cidr
    for network in plan.cloud_networks:
        yield network.key, network.prefix4
        yield network.key, network.prefix6


def overlaps(plan: NetworkPlan) -> list[tuple[str, str]]:
    """Return the pairs of things whose prefixes overlap."""
    ordered = sorted(prefixes(plan), key=lambda item: (item[1].version, item[1].first))
    return [(a, b) for (a, one), (b, two) in pairwise(ordered) if one.version == two.version and one.last >= two.first]


def outside(plan: NetworkPlan, allowed: list[str]) -> list[str]:
    """Return the things whose prefixes lie in none of the pools."""
    pools = [IPNetwork(pool) for pool in allowed]
    return [key for key, prefix in prefixes(plan) if not any(prefix in pool for pool in pools)]
