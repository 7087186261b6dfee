"""Floating addresses: who needs one, which it is, and that it stays."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from netaddr import IPAddress, IPNetwork
from regions import HALL, KORTRIJK, WAREGEM, estate, planned

from virgem.network.lock import EMPTY, Lock, dump, parse
from virgem.network.matrix import allowed
from virgem.network.model import NetworkPlan, Place
from virgem.network.render import render_site

CENTRES = {
    "west": {"at": "kortrijk/hall", "floating": "192.0.2.64/28"},
    "east": {"at": "waregem/hall", "floating": "198.51.100.64/28"},
}
SERVERS = {
    "web": {"tier": "dmz", "count": 2, "serves": [8443], "datacentre": "west"},
    "app": {"count": 1, "serves": [8443], "datacentre": "west"},
    "mail": {"tier": "dmz", "serves": [25], "datacentre": "east"},
}
CLOUD = {
    "servers": SERVERS,
    "load-balancers": {"front": {"servers": ["web"], "port": 443, "server-port": 8443}},
}
UPSTREAMS = {
    "internet": {"translate": ["203.0.113.128/25", "2001:db8:f000::/48"]},
    "vendor": {"kind": "supplier", "prefixes": ["203.0.113.0/26", "2001:db8:42::/48"]},
}
SITE = {"from": "upstream:internet", "to": "kortrijk:front", "purpose": "Website for everybody"}
MAIL = {"from": "upstream:internet", "to": "kortrijk:mail", "purpose": "Mail from outside arrives"}
HELP = {"from": "upstream:vendor", "to": "kortrijk:web", "purpose": "Support by the vendor"}


@cache
def _towns() -> dict[str, dict[str, Any]]:
    return {KORTRIJK: {"hall": HALL}, WAREGEM: {"hall": HALL}}


def plan(lock: Lock = EMPTY, servers: dict[str, Any] = SERVERS, **flows: Any) -> tuple[NetworkPlan, Lock]:
    shares = {KORTRIJK: {"cloud": {**CLOUD, "servers": servers}}}
    return planned(estate(_towns(), shares, datacentres=CENTRES, upstreams=UPSTREAMS, flows=flows), lock)


def floating(made: NetworkPlan) -> dict[str, str]:
    return {host.name: str(host.floating) for host in (*made.cloud_addresses, *made.balancers) if host.floating}


def test_only_what_a_flow_from_where_its_address_is_hidden_reaches_has_one() -> None:
    made, lock = plan(site=SITE, mail=MAIL, help=HELP)
    # The upper half; the vendor sees the addresses of the region.
    assert floating(made) == {"front": "192.0.2.72", "mail-1": "198.51.100.72"}
    assert sorted(lock.kind("floating")) == ["floating balancer:34022/front", "floating host:34022/mail-1"]
    assert floating(plan(help=HELP)[0]) == {}


def test_an_address_stays_and_one_that_was_given_up_waits() -> None:
    _, lock = plan(site=SITE)
    web = {**SITE, "to": "kortrijk:web"}
    lock = parse(dump(lock))
    more, kept = plan(lock, site=SITE, web=web)
    assert floating(more) == {"front": "192.0.2.72", "web-1": "192.0.2.73", "web-2": "192.0.2.74"}
    other, kept = plan(kept, web=web)
    assert floating(other) == {"web-1": "192.0.2.73", "web-2": "192.0.2.74"}
    assert kept.entries["floating balancer:34022/front"].released
    wide = {**SERVERS, "web": {**SERVERS["web"], "count": 3}}
    grown, kept = plan(kept, wide, web=web)
    assert floating(grown)["web-3"] == "192.0.2.75"
    assert floating(plan(kept, wide, site=SITE, web=web)[0])["front"] == "192.0.2.72"
    # Five of seven are left, so with seven servers the one that waits is given as the last.
    full = {**SERVERS, "web": {**SERVERS["web"], "count": 7}}
    assert floating(plan(kept, full, web=web)[0])["web-7"] == "192.0.2.72"


def test_a_floating_address_is_its_server_and_no_part_of_the_internet() -> None:
    made, _ = plan(site=SITE)
    somebody, front = IPAddress("8.8.8.8"), IPAddress("192.0.2.72")
    rule = allowed(made, somebody, front, "tcp", 443)
    assert rule is not None
    assert rule.id.startswith("flow-site")
    assert allowed(made, somebody, front, "tcp", 8443) is None
    assert allowed(made, somebody, front + 1, "tcp", 443) is None


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, str]]:
    made, _ = plan(site=SITE)
    return {r.datacentre: render_site(made, r) for r in made.routers if r.place is Place.DATACENTRE}  # type: ignore[misc]


def test_the_routers_of_datacentres_let_it_pass_and_tell_of_it(texts: dict[str, dict[str, str]]) -> None:
    for centre, files in texts.items():
        nft, frr = files["nftables.conf"], files["frr.conf"]
        # The set of the target, the own addresses that nobody outside may forge.
        accepts = [line for line in nft.splitlines() if "flow-site" in line and " ip daddr @" in line]
        sets = {re.search(r" ip daddr @(\S+)", line)[1] for line in accepts}  # type: ignore[index]
        assert [name for name in sets if "192.0.2.72" in nft.split(f"set {name} {{")[1].split("}")[0]] != []
        assert "192.0.2.64/28" in nft.split("set own-v4")[1].split("}")[0]
        # Both prefixes are told to the internet and discarded where nobody has an address; not to the vendor.
        for prefix in ("192.0.2.64/28", "198.51.100.64/28"):
            assert f"route {prefix} blackhole" in frr
            assert any("internet-out-ipv4" in line and prefix in line for line in frr.splitlines())
            assert not any("vendor-out-ipv4" in line and prefix in line for line in frr.splitlines())
        taken = [line for line in frr.splitlines() if "cloud-t34022-ipv4 " in line and "192.0.2.72/32" in line]
        assert len(taken) == (centre == "west")


def test_the_lower_half_is_for_routers() -> None:
    (_, west) = plan(site=SITE)[0].floating
    assert (west.datacentre, west.prefix, str(west.gateway)) == ("west", IPNetwork("192.0.2.64/28"), "192.0.2.65")
    assert tuple(map(str, west.left)) == ("192.0.2.66", "192.0.2.71")
