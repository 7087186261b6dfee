"""What holds in every file of whole estates: the two that ship, and a region made by `init`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml
from netaddr import IPAddress, IPNetwork
from nft_reader import Packet, Reader
from support import ROOT, missing

from virgem.modules.estate.loader import SourceFiles, load, read_folder
from virgem.modules.estate.starter.build import new_estate
from virgem.modules.estate.starter.selection import select
from virgem.network.lock import EMPTY, FILE, parse
from virgem.network.matrix import matrix
from virgem.network.model import NetworkPlan, RouterPlan, Selector, Side
from virgem.network.plan import plan_network
from virgem.network.render import names, render_site
from virgem.network.render.facts import cover
from virgem.network.render.nft.text import set_name

ESTATES = ("zuid-west-vlaanderen", "middenkust", "made by init")
MAIN = 254  # the table that a missed look-up in a routing instance goes on to


@cache
def planned(name: str) -> NetworkPlan:
    folder = ROOT / "inventories" / name
    sources = read_folder(folder) if folder.is_dir() else SourceFiles(files=new_estate(select(region="REFREG09")))
    loaded = load(sources)
    assert loaded.estate is not None, loaded.problems
    kept = folder / FILE
    lock = parse(kept.read_bytes(), loaded.estate.name) if kept.exists() else EMPTY
    made = plan_network(loaded.estate, lock).plan
    assert made is not None
    return made


@pytest.fixture(scope="module", params=ESTATES)
def estate(request: pytest.FixtureRequest) -> NetworkPlan:
    return planned(request.param)


@pytest.fixture(scope="module")
def files(estate: NetworkPlan) -> Mapping[str, Mapping[str, str]]:
    return {router.site.path: render_site(estate, router) for router in estate.routers}


@pytest.fixture(scope="module")
def links(files: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, object]]]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {path: yaml.load(texts["netplan.yaml"], loader)["network"] for path, texts in files.items()}


@pytest.fixture(scope="module")
def firewalls(files: Mapping[str, Mapping[str, str]]) -> Mapping[str, Reader]:
    return {path: Reader(texts["nftables.conf"]) for path, texts in files.items()}


def allowed_by_apparmor(daemon: str) -> list[str]:
    """The patterns of files that Debian's profile lets a Kea daemon write."""
    profile = Path(f"/etc/apparmor.d/usr.sbin.{daemon}")
    if not profile.exists():
        missing(f"needs {profile}: apt-get install {daemon.replace('lfc', 'dhcp4')}-server")
    found = re.findall(r"^\s*(?:owner )?(/\S+) \w*w\w*,", profile.read_text(), re.M)
    assert found
    return found


@pytest.mark.parametrize("version", [4, 6])
def test_kea_writes_where_debian_lets_it(files: Mapping[str, Mapping[str, str]], version: int) -> None:
    writes = [allowed_by_apparmor(daemon) for daemon in (f"kea-dhcp{version}", "kea-lfc")]
    for texts in files.values():
        database = json.loads(texts[f"kea-dhcp{version}.json"])[f"Dhcp{version}"]["lease-database"]
        for patterns in writes:  # the daemon itself and the one that tidies its file up
            assert any(fnmatchcase(database["name"], pattern) for pattern in patterns), database


def test_a_zone_has_one_server_of_ipv4_addresses_and_it_says_so(files: Mapping[str, Mapping[str, str]]) -> None:
    for texts in files.values():
        assert json.loads(texts["kea-dhcp4.json"])["Dhcp4"]["authoritative"] is True


def test_every_routing_instance_has_an_end_in_both_families(estate: NetworkPlan, files, links) -> None:
    for router in estate.routers:
        tables = [instance["table"] for instance in links[router.site.path]["vrfs"].values()]
        assert len(tables) == len(router.vrfs)
        assert MAIN not in tables
        routes = files[router.site.path]["networkd.conf"].split("\n[Route]\n")[1:]
        said = [dict(line.split("=") for line in route.splitlines()) for route in routes]
        assert sorted((int(route["Table"]), route["Destination"]) for route in said) == sorted(
            (table, every) for table in tables for every in ("0.0.0.0/0", "::/0")
        )
        assert {route["Type"] for route in said} == {"unreachable"}
        # The kernel's advice: the last choice there is; FRR reads the first byte as distance 255.
        assert {int(route["Metric"]) >> 24 for route in said} == {255}


def test_a_port_towards_a_public_network_carries_its_own_addresses_only(estate: NetworkPlan, firewalls) -> None:
    tenant = next(zone for router in estate.routers for zone in router.zones)
    for router in estate.routers:
        publics = names.publics(router)
        chains = [chain for chain in firewalls[router.site.path].table.chains.values() if chain.name == "keep-in"]
        assert bool(chains) >= bool(publics), router.name
        for port in publics:
            ask = firewalls[router.site.path].verdict
            for family, sources in (
                ("v4", (router.loopback4, tenant.gateway4, "192.168.7.7")),
                ("v6", (router.loopback6, tenant.gateway6, "fe80::7")),
            ):
                for source in sources:
                    packet = Packet(family, int(ip_address(str(source))), 1, way_out=port)
                    assert ask("postrouting 110", packet) == "accept"
                    foreign = Packet(family, packet.source, 1, way_out=port, own=False)
                    assert ask("postrouting 110", foreign) == "drop"
            assert ask("postrouting 110", Packet("v6", 0, 1, way_out=port, own=False)) == "accept"


def test_what_passes_between_routers_depends_on_no_connection(estate: NetworkPlan, firewalls) -> None:
    for router in estate.routers:
        table = firewalls[router.site.path].table
        rules = [" ".join(rule.words) for rule in table.base("forward filter").rules]
        state = next(i for i, rule in enumerate(rules) if "ct state" in rule)
        assert rules.index("iifname @wan jump between-routers") < state
        between = table.chains["between-routers"].rules
        assert not [rule for rule in between if "ct" in rule.words]
        for rule in between:
            if rule.verdict == "accept":
                sides = {name.split()[1] for name, _, values in rule.matches if str(values)[1:-3] in UNDERLAY}
                assert sides == {"saddr", "daddr"}, rule.words
        own = {int(router.loopback4), int(router.loopback6)}
        untracked = [rule for rule in table.base("prerouting raw").rules if rule.untracked]
        assert len(untracked) == 2
        for rule in untracked:
            spared = [values for name, negated, values in rule.matches if negated and name.endswith("daddr")]
            assert {v[1] for values in spared for v in values} <= own


UNDERLAY = ("routers", "underlay")


def test_the_addresses_of_routers_are_no_tenants(estate: NetworkPlan, firewalls) -> None:
    held = [*matrix(estate).zones, *estate.cloud_networks]
    table = firewalls[estate.routers[0].site.path].table
    for version in (4, 6):
        for name in UNDERLAY:
            spans = [(first, last) for _, first, last in table.sets[f"{name}-v{version}"]]
            for prefix in (h.prefix4 if version == 4 else h.prefix6 for h in held):
                assert not [s for s in spans if s[0] <= prefix.last and prefix.first <= s[1]], (name, str(prefix))
            loopbacks = [int(r.loopback4 if version == 4 else r.loopback6) for r in estate.routers]
            assert all(any(first <= a <= last for first, last in spans) for a in loopbacks)


def test_a_cover_leaves_out_what_others_hold() -> None:
    """Loopbacks of a region that grew lie in two blocks, with zones between them."""
    loopbacks = [IPAddress(text) for text in ("10.0.0.1", "10.0.0.9", "10.0.4.1", "10.0.4.2")]
    assert [str(p) for p in cover(loopbacks, [IPNetwork("10.0.1.0/24")])] == ["10.0.0.0/28", "10.0.4.0/30"]
    assert [str(p) for p in cover(loopbacks, [IPNetwork("10.0.8.0/24")])] == ["10.0.0.0/21"]
    assert [str(p) for p in cover(loopbacks[:1], [])] == ["10.0.0.1/32"]
    assert cover([], []) == []


def test_names_of_sets_have_no_empty_part_and_tell_every_selector_apart(estate: NetworkPlan) -> None:
    selectors = {side for rule in estate.rules for side in (rule.source, rule.target)}
    found = [set_name(selector, family) for selector in selectors for family in ("v4", "v6")]
    assert len(set(found)) == 2 * len(selectors)
    assert all(re.fullmatch(r"[a-z][a-z0-9_./-]*[a-z0-9*]", name) and ".." not in name for name in found)


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (Selector(side=Side.ZONE, town="anzegem", icr="user"), "v4.zone.in_anzegem.icr_user"),
        (Selector(side=Side.ZONE, town="anzegem", name="user"), "v4.zone.in_anzegem.user"),
        (Selector(side=Side.ZONE, name="anzegem"), "v4.zone.anzegem"),
        (Selector(side=Side.ZONE, site="a/b", kind="voip"), "v4.zone.in_a/b.kind_voip"),
        (Selector(side=Side.ZONE), "v4.zone"),
    ],
)
def test_a_set_is_named_after_what_its_selector_says(selector: Selector, name: str) -> None:
    assert set_name(selector, "v4") == name


def link_locals(router: RouterPlan, texts: Mapping[str, str], ports) -> dict[str, bool]:
    """Every port on which the router speaks OSPFv3, and whether it has or makes itself a link-local address."""
    spoken = re.findall(r"^interface (\S+)\n(?: .*\n)*? ipv6 ospf6 area", texts["frr.conf"], re.M)
    found = {}
    for name in spoken:
        if name in ports:
            found[name] = ports[name].get("link-local", ["ipv6"]) == ["ipv6"]
        else:
            line = re.search(r"^Address = (.*)$", texts[f"wireguard/{name}.conf"], re.M)
            assert line
            found[name] = any(ip_network(a, strict=False).is_link_local for a in line[1].split(", "))
    return found


def test_every_port_that_speaks_ospfv3_has_a_link_local_address(estate: NetworkPlan, files, links) -> None:
    tunnels = 0
    for router in estate.routers:
        texts = files[router.site.path]
        found = link_locals(router, texts, links[router.site.path]["ethernets"])
        assert set(found) == {"lo", *(link.end(router.site.path).interface for link in router.links)}
        assert all(found.values()), (router.name, found)
        tunnels += len(names.tunnels(router))
    assert tunnels


def test_the_two_ends_of_a_tunnel_have_different_link_local_addresses(estate: NetworkPlan, files) -> None:
    for link in estate.links:
        if link.tunnel:
            texts = [files[end.site][f"wireguard/{end.interface}.conf"] for end in link.ends]
            said = [re.search(r"^Address = .*(fe80::\S+)/64$", text, re.M) for text in texts]
            assert len({found[1] for found in said if found}) == 2
