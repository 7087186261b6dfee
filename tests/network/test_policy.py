"""The matrix of flows: what kinds bring keeps the ICR rules, and what is registered is there as written."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from netaddr import IPAddress, IPNetwork
from regions import HALL, KORTRIJK, WAREGEM, estate, planned
from support import ROOT

from virgem.modules.estate.kinds.types import Icr
from virgem.modules.planning import prepare, ready
from virgem.network.matrix import allowed, matrix, opens, resolve
from virgem.network.model import NetworkPlan, Selector, Side

CENTRES = {
    "west": {"at": "kortrijk/hall", "floating": "192.0.2.64/27"},
    "east": {"at": "waregem/hall", "floating": "192.0.2.96/27"},
}
TOWNS: dict[str, dict[str, Any]] = {
    KORTRIJK: {
        "hall": HALL,
        "bib": {"kind": "library", "zones": {"voip": {"kind": "administration"}}},
        "dc": {"kind": "datacentre"},
        "sociaal": {"kind": "social-house"},
        "school": {"kind": "school"},
        "wijk": {"kind": "culture-centre", "zones": {"ocmw": {}}},
    },
    WAREGEM: {"hall": HALL},
}
SERVERS = {
    "web": {"tier": "dmz", "serves": [443]},
    "app": {"tier": "application", "serves": [8443]},
    "db": {"tier": "data", "serves": [5432]},
    "store": {"tier": "data"},
}
BALANCERS = {
    "web": {"servers": ["web"], "server-port": 443, "port": 8080},
    "front": {"servers": ["app"], "port": 444, "server-port": 8443},
    "pool": {"servers": ["store"], "port": 6432, "server-port": 6433},
}
WELFARE = {"social": {"serves": [8443], "class": 4, "users": ["ocmw"]}, "shut": {"serves": [8443], "users": []}}
SHARES: dict[str, Any] = {
    nis: {"cloud": {"servers": SERVERS, "load-balancers": BALANCERS}, "services": ["files"]} for nis in TOWNS
}
SHARES[KORTRIJK]["cloud"] = {"servers": {**SERVERS, **WELFARE}, "load-balancers": BALANCERS}
SERVICES = {
    name: {}
    for name in ("dns", "ntp", "proxy", "files", "mail", "monitoring", "identity", "database", "print", "video", "iot")
}
FLEMISH = "198.51.100.0/24"
UPSTREAMS = {"internet": {}, "flemish": {"prefixes": [FLEMISH, "2001:db8:f::/48"]}}
FLOWS = {
    "register": {"from": "kortrijk:counter", "to": "upstream:flemish", "purpose": "Look up the register at counters"},
    "watch": {
        "from": "kortrijk:counter",
        "to": "shared:video",
        "purpose": "Reception watches the doors",
        "ports": [443],
    },
    "portal": {"from": "upstream:internet", "to": "kortrijk:web", "purpose": "Citizens use the portal", "ports": [443]},
    "shop": {"from": "upstream:internet", "to": "waregem:web", "purpose": "Citizens use the shop", "ports": [8080]},
    "desk": {"from": "upstream:flemish", "to": "waregem:front", "purpose": "The front desk of others"},
    "ping": {"from": "*:device", "to": "shared:monitoring", "protocol": "icmp", "purpose": "Watch all devices"},
    "exam": {
        "from": "kortrijk/bib:user",
        "to": "kortrijk:app",
        "purpose": "Readers try the app",
        "ports": ["9000-9010"],
    },
}


@cache
def plan() -> NetworkPlan:
    region = estate(TOWNS, SHARES, datacentres=CENTRES, services=SERVICES, upstreams=UPSTREAMS, flows=FLOWS)
    return planned(region)[0]


def address(name: str, version: int = 4) -> IPAddress:
    """Return an address of a zone ("kortrijk/hall:voip"), a server ("kortrijk:web-1"), a load balancer ("kortrijk:lb
    web", and "relay web" for what it speaks from), a tier, or an address as such."""
    if name[0].isdecimal():
        return IPAddress(name)
    where, _, what = name.partition(":")
    for router in plan().routers:
        for zone in router.zones:
            if zone.site == where and zone.zone.id == what:
                return IPAddress((zone.prefix4 if version == 4 else zone.prefix6).first + 2, version)
    if what.startswith("relay "):
        balancer = next(b for b in plan().balancers if (b.tenant, b.name) == (where, what.removeprefix("relay ")))
        return plan().network[balancer.network].left(4 if version == 4 else 6)[1]
    what, known = what.removeprefix("lb "), plan().balancers if what.startswith("lb ") else plan().cloud_addresses
    for host in known:
        if (host.tenant, host.name) == (where, what):
            return host.address4 if version == 4 else host.address6
    network = next(n for n in plan().cloud_networks if n.tenant == where and n.tier == what)
    return IPAddress((network.prefix4 if version == 4 else network.prefix6).first + 5, version)


ALLOWED = [
    ("kortrijk/hall:guests", "shared:dns-1", "udp", 53, True),
    # People's own devices reach the web by themselves; computers that are set up for visitors go by the filter.
    ("kortrijk/hall:guests", "shared:proxy-2", "tcp", 3128, False),
    ("kortrijk/hall:guests", "203.0.113.9", "udp", 443, True),
    ("kortrijk/hall:guests", "203.0.113.9", "tcp", 22, False),
    ("kortrijk/hall:guests", "198.51.100.9", "tcp", 443, False),
    ("kortrijk/bib:public-pcs", "shared:proxy-2", "tcp", 3128, True),
    ("kortrijk/bib:public-pcs", "203.0.113.9", "tcp", 443, False),
    ("kortrijk/school:pupils", "203.0.113.9", "tcp", 443, False),
    ("203.0.113.9", "kortrijk/hall:guests", "tcp", 443, False),
    ("kortrijk/hall:guests", "shared:files-1", "tcp", 445, False),
    ("kortrijk/hall:guests", "kortrijk:app-1", "tcp", 8443, False),
    ("kortrijk/hall:guests", "kortrijk/hall:administration", "tcp", 443, False),
    ("kortrijk/hall:guests", "203.0.113.9", "tcp", 443, True),
    ("kortrijk/hall:administration", "kortrijk:app-1", "tcp", 8443, True),
    ("kortrijk/hall:administration", "kortrijk:web-1", "tcp", 443, True),
    ("kortrijk/hall:administration", "kortrijk:db-1", "tcp", 5432, False),
    # Applications are for the workplaces of the entities that use them; a telephone is no workplace.
    ("kortrijk/hall:counter", "kortrijk:app-1", "tcp", 8443, True),
    ("kortrijk/hall:voip", "kortrijk:app-1", "tcp", 8443, False),
    ("kortrijk/hall:voip", "kortrijk:web-1", "tcp", 443, False),
    ("kortrijk/bib:library-staff", "kortrijk:app-1", "tcp", 8443, False),
    ("kortrijk/bib:library-staff", "kortrijk:web-1", "tcp", 443, True),
    ("kortrijk/school:school-staff", "kortrijk:app-1", "tcp", 8443, False),
    ("kortrijk/sociaal:ocmw", "kortrijk:social-1", "tcp", 8443, True),
    ("kortrijk/sociaal:counter", "kortrijk:social-1", "tcp", 8443, True),
    ("kortrijk/sociaal:voip", "kortrijk:social-1", "tcp", 8443, False),
    ("kortrijk/sociaal:ocmw", "kortrijk:app-1", "tcp", 8443, False),
    ("kortrijk/hall:administration", "kortrijk:social-1", "tcp", 8443, False),
    ("kortrijk/hall:counter", "kortrijk:social-1", "tcp", 8443, False),
    ("kortrijk/bib:library-staff", "kortrijk:social-1", "tcp", 8443, False),
    # Welfare workers are the OCMW's in whatever building they sit.
    ("kortrijk/wijk:ocmw", "kortrijk:social-1", "tcp", 8443, True),
    ("kortrijk/wijk:administration", "kortrijk:social-1", "tcp", 8443, False),
    ("kortrijk/hall:administration", "kortrijk:shut-1", "tcp", 8443, False),
    ("kortrijk/hall:administration", "waregem:app-1", "tcp", 8443, False),
    ("kortrijk/hall:administration", "203.0.113.9", "tcp", 443, False),
    ("kortrijk/hall:cctv", "shared:dns-1", "tcp", 53, True),
    ("kortrijk/hall:cctv", "203.0.113.9", "tcp", 443, False),
    ("kortrijk:dmz", "kortrijk:app-1", "tcp", 8443, True),
    ("kortrijk:dmz", "kortrijk:db-1", "tcp", 5432, False),
    ("kortrijk:application", "kortrijk:db-1", "tcp", 5432, True),
    ("kortrijk:application", "waregem:db-1", "tcp", 5432, False),
    ("kortrijk:application", "shared:files-1", "tcp", 445, True),
    ("kortrijk:application", "shared:database-1", "tcp", 5432, False),
    ("kortrijk:data", "shared:ntp-1", "udp", 123, True),
    ("kortrijk:management", "kortrijk:db-1", "tcp", 22, True),
    ("kortrijk:management", "waregem:db-1", "tcp", 22, False),
    ("kortrijk:management", "kortrijk/bib:management", "tcp", 22, True),
    ("shared:management", "waregem:db-1", "tcp", 22, True),
    ("shared:management", "waregem/hall:management", "tcp", 22, True),
    ("shared:management", "waregem/hall:administration", "tcp", 22, False),
    ("shared:proxy-1", "203.0.113.9", "tcp", 443, True),
    ("shared:proxy-1", "198.51.100.9", "tcp", 443, False),
    ("shared:files-1", "203.0.113.9", "tcp", 443, False),
    # What a router itself needs, from its address in the zone where it is managed.
    ("kortrijk/bib:management", "shared:ntp-1", "udp", 123, True),
    ("kortrijk/bib:management", "shared:dns-1", "udp", 53, True),
    ("kortrijk/bib:management", "shared:monitoring-1", "tcp", 6514, True),
    ("kortrijk/bib:management", "shared:proxy-1", "tcp", 3128, True),
    ("kortrijk/dc:proxy", "203.0.113.9", "tcp", 80, True),
    ("kortrijk/hall:counter", "198.51.100.9", "tcp", 443, True),
    ("waregem/hall:counter", "198.51.100.9", "tcp", 443, False),
    ("203.0.113.9", "kortrijk:web-1", "tcp", 443, True),
    ("203.0.113.9", "waregem:web-1", "tcp", 443, False),
    ("kortrijk/hall:cctv", "shared:monitoring-1", "icmp", 0, True),
    ("kortrijk/bib:library-staff", "kortrijk:app-1", "tcp", 9005, True),
    ("kortrijk/hall:administration", "kortrijk:app-1", "tcp", 9005, False),
    ("kortrijk/hall:administration", "kortrijk:lb web", "tcp", 8080, True),
    ("kortrijk/hall:administration", "kortrijk:lb front", "tcp", 444, True),
    ("kortrijk/hall:administration", "kortrijk:lb front", "tcp", 8443, False),
    ("kortrijk/hall:administration", "kortrijk:lb pool", "tcp", 6432, False),
    ("kortrijk/hall:guests", "kortrijk:lb front", "tcp", 444, False),
    ("kortrijk/hall:administration", "waregem:lb front", "tcp", 444, False),
    ("kortrijk:application", "kortrijk:lb pool", "tcp", 6432, True),
    ("kortrijk:dmz", "kortrijk:lb pool", "tcp", 6432, False),
    # Only a load balancer uses that port of the servers behind it.
    ("kortrijk:application", "kortrijk:store-1", "tcp", 6433, False),
    ("kortrijk:relay pool", "kortrijk:store-1", "tcp", 6433, True),
    ("kortrijk:relay front", "kortrijk:app-1", "tcp", 8443, True),
    ("kortrijk:relay front", "kortrijk:store-1", "tcp", 6433, False),
    ("kortrijk:relay front", "waregem:app-1", "tcp", 8443, False),
    ("kortrijk:lb pool", "kortrijk:store-1", "tcp", 6433, False),
    ("203.0.113.9", "kortrijk:lb web", "tcp", 8080, False),
    ("203.0.113.9", "waregem:lb web", "tcp", 8080, True),
    ("203.0.113.9", "waregem:web-1", "tcp", 8080, True),
    ("203.0.113.9", "waregem:lb front", "tcp", 444, False),
    ("198.51.100.9", "waregem:lb front", "tcp", 444, True),
    ("198.51.100.9", "waregem:app-1", "tcp", 8443, False),
    # A server in a DMZ reaches the devices that it serves, on encrypted ports; nobody else does, and no other device.
    ("shared:print-1", "kortrijk/hall:printers", "tcp", 631, True),
    ("shared:print-1", "kortrijk/hall:printers", "tcp", 9100, False),
    ("shared:print-1", "kortrijk/hall:cctv", "tcp", 631, False),
    ("shared:print-1", "kortrijk/hall:administration", "tcp", 631, False),
    ("kortrijk/hall:administration", "shared:print-1", "tcp", 631, True),
    ("kortrijk/hall:administration", "kortrijk/hall:printers", "tcp", 631, False),
    ("shared:video-2", "kortrijk/hall:cctv", "tcp", 322, True),
    ("shared:video-2", "kortrijk/hall:cctv", "tcp", 80, False),
    ("shared:iot-1", "kortrijk/hall:building", "tcp", 8883, False),
    # Who may watch is registered, person by person's zone.
    ("kortrijk/hall:administration", "shared:video-1", "tcp", 443, False),
    ("kortrijk/hall:counter", "shared:video-1", "tcp", 443, True),
    # A zone named voip that is of another kind gets what its kind brings, not what the name promises.
    ("kortrijk/bib:voip", "shared:mail-1", "tcp", 993, True),
    ("kortrijk/hall:voip", "shared:mail-1", "tcp", 993, False),
]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(("source", "target", "protocol", "port", "expected"), ALLOWED)
def test_a_flow_is_allowed_or_not(
    source: str, target: str, protocol: str, port: int, expected: bool, version: int
) -> None:
    names = (source, target)
    if version == 6:
        names = tuple(n.replace("203.0.113.9", "2001:db8:1::9").replace("198.51.100.9", "2001:db8:f::9") for n in names)
    rule = allowed(plan(), address(names[0], version), address(names[1], version), protocol, port)
    assert (rule is not None) is expected, rule


def test_no_default_lets_visitors_past_a_dmz() -> None:
    found = matrix(plan())
    inside = [*(z for z in found.zones if z.icr is not Icr.DMZ), *(n for n in plan().cloud_networks if n.tier != "dmz")]
    for rule in plan().rules:
        guests = [z for z in found.zones if z.icr is Icr.VISITOR and rule.source.matches(z)]
        if guests and not rule.registered:
            reached = resolve(plan(), rule.target)[0]
            assert reached
            assert not any(prefix in place.prefix4 for prefix in reached for place in inside), rule.id


def test_no_default_leads_into_a_visitor_zone() -> None:
    """But the exception for computers that the operator manages there, of which this region has none."""
    visitors = [z for z in matrix(plan()).zones if z.icr is Icr.VISITOR]
    assert not [rule.id for rule in plan().rules for z in visitors if rule.target.matches(z)]


def test_no_default_joins_two_tenants() -> None:
    for rule in plan().rules:
        if not rule.registered and rule.source.town not in ("", "shared"):
            assert rule.target.town in (rule.source.town, "shared"), rule.id


def test_rules_have_ids_of_their_own_and_are_few() -> None:
    ids = [rule.id for rule in plan().rules]
    assert ids == sorted(set(ids))
    assert len(ids) < 175


def test_a_registered_flow_keeps_its_purpose_and_place() -> None:
    rule = next(rule for rule in plan().rules if rule.id == "flow-register")
    assert (rule.purpose, rule.ports, rule.registered) == ("Look up the register at counters", ("tcp/443",), True)
    assert rule.origin.file == "estate.yaml"


def test_every_default_tells_its_purpose_in_dutch_too_and_no_registered_flow_does() -> None:
    for rule in plan().rules:
        assert bool(rule.purpose_nl) is not rule.registered, rule.id
        assert rule.purpose_nl != rule.purpose, rule.id


@pytest.mark.parametrize(
    ("id_", "purpose"),
    [
        ("zone-voip-dns", "Zone Telefonie gebruikt de dienst DNS"),
        ("cloud-ntp", "Servers gebruiken de dienst Tijd"),
        ("kortrijk-application-files", "Toepassingen gebruiken de dienst Bestanden"),
        ("kortrijk-application-db", "Toepassingslaag gebruikt db"),
        ("kortrijk-users-app", "Medewerkers van Gemeente gebruiken app"),
        ("kortrijk-users-social", "Medewerkers van OCMW gebruiken social"),
        ("waregem-users-web", "Medewerkers van Gemeente gebruiken web"),
        ("shared-management-sites", "Beheer van locaties door de beheerder"),
    ],
)
def test_a_default_names_kinds_in_dutch(id_: str, purpose: str) -> None:
    assert [rule.purpose_nl for rule in plan().rules if rule.id == id_] == [purpose]


def test_an_upstream_that_names_nothing_is_the_world_without_ours() -> None:
    four, six = resolve(plan(), Selector(side=Side.UPSTREAM, name="internet"))
    assert any(IPAddress("203.0.113.9") in prefix for prefix in four)
    assert not any(IPAddress("10.4.4.4") in prefix for prefix in four)
    assert not any(IPAddress("198.51.100.1") in prefix for prefix in four)
    assert not any(IPAddress("fd34:22::1") in prefix for prefix in six)


def test_selectors_stand_for_prefixes_of_both_families() -> None:
    found = plan()
    voip = Selector(side=Side.ZONE, town="waregem", name="voip")
    (one,) = [z for z in matrix(found).zones if z.key == "34040/hall:voip"]
    assert resolve(found, voip) == ((one.prefix4,), (one.prefix6,))
    hosts = resolve(found, Selector(side=Side.SERVICE, town="shared", name="dns"))
    assert hosts[0] == tuple(sorted(IPNetwork(h.address4) for h in found.service["dns"].hosts))
    tier = resolve(found, Selector(side=Side.TIER, town="kortrijk", name="data"))
    assert [str(p) for p in tier[0]] == [
        str(n.prefix4) for n in found.cloud_networks if n.key == "cloud:34022/data@west"
    ]
    assert len(resolve(found, Selector(side=Side.TIER))[0]) == len(found.cloud_networks)


@pytest.mark.parametrize(
    ("ports", "protocol", "port", "expected"),
    [
        (("tcp/443",), "tcp", 443, True),
        (("tcp/443",), "udp", 443, False),
        (("udp/10000-20000",), "udp", 20000, True),
        (("udp/10000-20000",), "udp", 20001, False),
        (("icmp",), "icmp", 0, True),
        (("any",), "tcp", 1, True),
    ],
)
def test_ports_of_a_rule(ports: tuple[str, ...], protocol: str, port: int, expected: bool) -> None:
    assert opens(ports, protocol, port) is expected


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_social_data_of_a_shipped_estate_are_for_welfare_workers_only(name: str) -> None:
    found = ready(prepare(ROOT / "inventories" / name)).plan
    socials = [host for host in found.cloud_addresses if host.server == "sociaal"]
    assert socials
    for host in socials:
        zones = [zone for zone in matrix(found).zones if zone.site.startswith(f"{host.tenant}/")]
        let = [zone for zone in zones if allowed(found, zone.prefix4[5], host.address4, "tcp", 8443)]
        assert let
        assert {zone.entity for zone in let} == {f"{host.tenant}/ocmw"}
        assert {zone.zone.kind for zone in let} <= {"ocmw", "counter", "administration"}
