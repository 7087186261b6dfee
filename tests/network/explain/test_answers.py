"""Questions about the two towns of the renderers' tests, and their answers in full."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import regions
import yaml
from netaddr import IPNetwork
from support import ROOT

from virgem.modules.cloud.guards import CloudGuards
from virgem.modules.devices.opened import Openings
from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.model import Estate
from virgem.modules.estate.validation import judge
from virgem.modules.problem import Mark, Severity, UserError
from virgem.network.explain import faces
from virgem.network.explain.answer import explain
from virgem.network.explain.model import Explanation, Hop, Verdict, Way
from virgem.network.explain.routes import path
from virgem.network.explain.walk import Known
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render import render_site

REGION = ROOT / "tests" / "network" / "render" / "region"


def known_of(estate: Estate | None) -> Known:
    assert estate is not None
    plan = plan_network(estate, EMPTY).plan
    assert plan is not None
    return Known(estate=estate, plan=plan, guards=CloudGuards(estate, plan))


@pytest.fixture(scope="module")
def known() -> Known:
    return known_of(load(read_folder(REGION)).estate)


@pytest.fixture(scope="module")
def plan(known: Known) -> NetworkPlan:
    return known.plan


def hop(way: Way, what: str) -> Hop:
    return next(one for one in way.hops if one.what == what)


def told_by(found: Explanation) -> str:
    return "\n".join(one.says for one in found.changes)


def test_a_flow_of_a_kind_is_followed_to_its_service_and_back(known: Known) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "shared:proxy"))
    assert found.asked.transport == "tcp/3128"
    assert found.verdict is Verdict.PASSES
    assert found.changes == ()
    for way in found.ways:
        assert [one.what for one in way.hops][:4] == ["source", "switch", "router", "firewall"]
        assert [one.what for one in way.hops][-2:] == ["guard", "destination"]
        assert all(one.flow in ("", "zone-library-staff-proxy") for one in way.hops)
        assert [one.what for one in way.back] == ["guard", "firewall", "firewall"]
        assert all("established" in one.rule for one in way.back if one.what == "firewall")


def test_the_rule_that_decides_is_the_one_in_the_rendered_file(known: Known) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "shared:proxy"))
    for way in found.ways:
        for one in (one for one in way.hops if one.what == "firewall"):
            router = next(router for router in known.plan.routers if router.name == one.where)
            assert f"    {one.rule}\n" in render_site(known.plan, router)["nftables.conf"]
            assert one.rule.startswith("ip " if way.family == 4 else "ip6 ")


def test_a_registered_flow_is_told_with_its_line(known: Known) -> None:
    found = explain(known, ("kortrijk/stadhuis:administration", "upstream:flemish"))
    decides = hop(found.ways[0], "firewall")
    assert (decides.flow, decides.origin.file) == ("flow-population-register", "estate.yaml")
    assert "registered flow" in decides.why
    lines = (REGION / "estate.yaml").read_text().splitlines()
    assert lines[decides.origin.line - 1].strip() == "population-register:"


def test_what_leaves_for_the_internet_is_translated_and_what_leaves_for_the_government_is_not(known: Known) -> None:
    public, own = (
        explain(known, ("kortrijk/bib:guests", "upstream:internet")),
        explain(known, ("kortrijk/stadhuis:administration", "upstream:flemish")),
    )
    assert [hop(way, "translation").facts["appears-as"] for way in public.ways] == [
        "an address of 203.0.113.128/25",
        "an address of 2001:db8:f000::/48",
    ]
    assert [hop(way, "translation").facts["appears-as"] for way in own.ways] == [str(way.source) for way in own.ways]


def test_ipv6_that_is_mapped_address_by_address_shows_the_address_outside(tmp_path: Path) -> None:
    wide = changed(tmp_path, "2001:db8:f000::/48", "2001:db8::/32")
    way = explain(wide, ("kortrijk/bib:guests", "upstream:internet"), family=6).ways[0]
    assert hop(way, "translation").facts["appears-as"] == str(way.source).replace("fd34:22:", "2001:db8:")
    # The rule works for what starts inside: nothing turns a new connection from outside around.
    assert explain(wide, ("upstream:internet", "kortrijk:front"), family=6).verdict is Verdict.ABSENT


def test_the_links_are_the_cheapest_and_carry_their_numbers(known: Known, plan: NetworkPlan) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "shared:proxy-1"))
    links = [one for one in found.ways[0].hops if one.what == "link"]
    assert [one.facts["link"] for one in links] == [
        link.key
        for _, link in path(plan, "kortrijk/bib", "waregem/stadhuis").links  # type: ignore[union-attr]
    ]
    over = hop(found.ways[0], "overlay")
    assert int(over.facts["cost"]) == sum(int(one.facts["cost"]) for one in links)
    assert int(over.facts["capacity"]) == min(int(one.facts["capacity"]) for one in links)
    assert "VXLAN" in over.says


def test_a_site_behind_the_internet_goes_by_its_tunnel(known: Known) -> None:
    found = explain(known, ("kortrijk/plein:cctv", "shared:video"))
    assert found.verdict is Verdict.PASSES
    assert "WireGuard to 192.0.2.1" in hop(found.ways[0], "link").says


def test_paths_of_equal_cost_are_counted(plan: NetworkPlan) -> None:
    one = plan.links[0]
    routers = tuple(
        replace(r, links=(*r.links, replace(one, key="again"))) if one in r.links else r for r in plan.routers
    )
    ends = [end.site for end in one.ends]
    found = path(replace(plan, routers=routers), *ends)
    assert found is not None
    assert found.alike == 2


def test_both_ends_in_one_zone_are_a_matter_of_switches(known: Known) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "kortrijk/bib:library-staff"))
    assert found.verdict is Verdict.PASSES
    assert [one.what for one in found.ways[0].hops] == ["source", "switch", "destination"]
    assert "no router is passed" in hop(found.ways[0], "switch").why
    assert found.ways[0].source != found.ways[0].target


def test_zones_of_one_site_meet_at_its_router_alone(known: Known) -> None:
    found = explain(known, ("kortrijk/stadhuis:administration", "kortrijk/stadhuis:printers"), "tcp", 9100)
    assert found.verdict is Verdict.REFUSED
    assert {one.where for one in found.ways[0].hops if one.what == "firewall"} == {"rtr-kortrijk-stadhuis"}


def test_servers_beside_each_other_ask_their_security_groups_only(known: Known) -> None:
    found = explain(known, ("kortrijk:web-1", "kortrijk:loket"))
    assert found.verdict is Verdict.PASSES
    assert [one.what for one in found.ways[0].hops] == ["source", "guard", "cloud", "guard", "destination"]
    assert explain(known, ("kortrijk:web-1", "kortrijk:register")).verdict is Verdict.REFUSED


def test_a_load_balancer_is_where_clients_go_and_servers_are_who_starts(known: Known) -> None:
    found = explain(known, ("kortrijk/stadhuis:administration", "kortrijk:front"))
    assert "listener of front at tcp/443: allowed" in hop(found.ways[0], "guard").says
    refused = explain(known, ("kortrijk/stadhuis:administration", "kortrijk:front"), "tcp", 80)
    assert "kortrijk:front is a load balancer and waits at tcp/443 only" in told_by(refused)
    assert all(not one.text for one in refused.changes)
    with pytest.raises(UserError, match="starts no flow"):
        explain(known, ("kortrijk:front", "shared:dns"))


def test_municipalities_have_no_way_to_each_other(known: Known) -> None:
    found = explain(known, ("kortrijk/stadhuis:administration", "waregem/stadhuis:administration"))
    assert found.verdict is Verdict.REFUSED
    assert hop(found.ways[0], "route").facts == {"vrf": "t34022", "target-vrf": "t34040"}
    assert "no flow mends that" in told_by(found)
    assert "E527 forbids a flow" in told_by(found)
    assert all(not one.text for one in found.changes)


def test_guests_reach_the_web_and_nothing_of_their_municipality(known: Known) -> None:
    assert explain(known, ("kortrijk/bib:guests", "upstream:internet"), "udp", 443).verdict is Verdict.PASSES
    for target in ("kortrijk:loket", "kortrijk/bib:library-staff", "kortrijk/bib:public-pcs"):
        assert explain(known, ("kortrijk/bib:guests", target)).verdict is Verdict.REFUSED
    found = explain(known, ("kortrijk/bib:guests", "shared:files"))
    assert (
        "E521 forbids a flow (ICR network zones): it lets visitors (kortrijk/bib:guests) reach shared:files"
        in told_by(found)
    )
    into = explain(known, ("kortrijk/stadhuis:administration", "kortrijk/bib:public-pcs"), "tcp", 22)
    assert "E522 forbids a flow" in told_by(into)


def test_devices_reach_what_mediates_and_no_desks(known: Known) -> None:
    assert explain(known, ("kortrijk/plein:cctv", "shared:video")).verdict is Verdict.PASSES
    found = explain(known, ("kortrijk/stadhuis:printers", "kortrijk/stadhuis:administration"))
    assert "E546 forbids a flow" in told_by(found)
    mediated = explain(known, ("kortrijk/depot:building", "shared:iot"))
    assert (mediated.asked.transport, mediated.verdict) == ("tcp/8883", Verdict.PASSES)
    straight = explain(known, ("upstream:internet", "kortrijk/depot:building"), "tcp", 502)
    assert "E523 forbids a flow" in told_by(straight)


def test_management_comes_from_its_tier_and_from_nowhere_else(known: Known) -> None:
    for tier in ("shared:management", "kortrijk:management"):
        found = explain(known, (tier, "kortrijk/bib:management"), "tcp", 22)
        assert found.verdict is Verdict.PASSES, tier
    found = explain(known, ("waregem:management", "kortrijk/bib:management"), "tcp", 22)
    assert found.verdict is Verdict.REFUSED
    assert "no flow can name waregem:management" in told_by(found)
    desk = explain(known, ("kortrijk/bib:library-staff", "kortrijk/bib:management"), "tcp", 22)
    assert desk.verdict is Verdict.REFUSED


def test_a_router_itself_is_reached_by_its_managers_alone(known: Known) -> None:
    found = explain(known, ("shared:management", "rtr-kortrijk-bib"), "tcp", 22)
    last = [one for one in found.ways[0].hops if one.what == "firewall"][-1]
    assert found.verdict is Verdict.PASSES
    assert (last.facts["hook"], last.facts["chain"], last.flow) == ("input", "to-management", "shared-management-sites")
    assert explain(known, ("kortrijk/bib:management", "rtr-kortrijk-bib"), "tcp", 22).verdict is Verdict.REFUSED
    assert explain(known, ("kortrijk/bib:library-staff", "rtr-kortrijk-bib"), "icmp").verdict is Verdict.PASSES
    with pytest.raises(UserError, match="is a router"):
        explain(known, ("rtr-kortrijk-bib", "shared:ntp"))


def test_data_are_reached_through_applications(known: Known) -> None:
    found = explain(known, ("kortrijk/stadhuis:administration", "kortrijk:register"))
    assert (found.asked.transport, found.verdict) == ("tcp/5432", Verdict.REFUSED)
    assert "E530 forbids a flow" in told_by(found)
    assert explain(known, ("kortrijk:loket-1", "kortrijk:register")).verdict is Verdict.PASSES


def test_another_port_is_told_with_those_that_are_open(known: Known) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "shared:dns"), "tcp", 99)
    assert "open between these two: udp/53, tcp/53" in told_by(found)
    assert explain(known, ("kortrijk/bib:library-staff", "shared:dns"), "icmp").verdict is Verdict.REFUSED


def test_what_is_asked_in_one_family_is_answered_in_one(known: Known) -> None:
    found = explain(known, ("kortrijk/bib:library-staff", "shared:dns"), family=6)
    assert [way.family for way in found.ways] == [6]
    address = str(found.ways[0].source)
    alone = explain(known, (address, "shared:dns"))
    assert [way.family for way in alone.ways] == [6]
    assert alone.verdict is Verdict.PASSES
    with pytest.raises(UserError, match="is no IPv4 address"):
        explain(known, (address, "shared:dns"), family=4)
    other = str(known.plan.cloud_networks[0].prefix4[50])
    with pytest.raises(UserError, match="different families"):
        explain(known, (address, other))


def test_a_family_without_an_address_is_no_refusal(tmp_path: Path) -> None:
    without = changed(tmp_path, ', "2001:db8:100::/40"', "")
    found = explain(without, ("kortrijk/stadhuis:administration", "upstream:flemish"))
    assert [way.verdict for way in found.ways] == [Verdict.PASSES, Verdict.ABSENT]
    assert found.verdict is Verdict.PASSES
    assert "upstream:flemish has no IPv6 address: add one to its `prefixes`" in told_by(found)


def changed(folder: Path, old: str, new: str) -> Known:
    """The two towns with another text in the operator's file."""
    for file in REGION.rglob("*"):
        if file.is_file() and file.suffix in (".yaml", ".csv"):
            (folder / file.relative_to(REGION)).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.relative_to(REGION)).write_bytes(file.read_bytes())
    text = (folder / "estate.yaml").read_text()
    assert old in text
    (folder / "estate.yaml").write_text(text.replace(old, new))
    return known_of(load(read_folder(folder)).estate)


WANTED = [
    ("kortrijk/stadhuis:administration", "kortrijk/stadhuis:printers", "tcp", 9100),
    ("kortrijk/bib:library-staff", "upstream:flemish", "", None),
    ("kortrijk:loket-1", "shared:voice", "udp", 10000),
    ("kortrijk/stadhuis:administration", "kortrijk:loket", "icmp", None),
    ("upstream:flemish", "kortrijk:web-1", "tcp", 443),
]


@pytest.mark.parametrize(("source", "target", "protocol", "port"), WANTED)
def test_the_flow_to_write_is_valid_and_lets_it_pass(
    known: Known, tmp_path: Path, source: str, target: str, protocol: str, port: int | None
) -> None:
    refused = explain(known, (source, target), protocol, port)
    assert refused.verdict is Verdict.REFUSED
    text = next(one.text for one in refused.changes if one.text)
    (flow,) = yaml.safe_load(text)["flows"]
    wider = changed(tmp_path, "flows:\n", f"{text}\n")
    loaded = load(read_folder(tmp_path))
    errors = [p for p in judge(loaded)[0] if p.severity is Severity.ERROR and p.target == flow]
    assert (loaded.problems, errors) == ((), [])
    found = explain(wider, (source, target), protocol, port)
    assert found.verdict is Verdict.PASSES
    assert hop(found.ways[0], "firewall").flow.startswith(f"flow-{flow}")


def test_what_comes_from_the_internet_needs_an_address_there(known: Known, tmp_path: Path) -> None:
    asked = ("upstream:internet", "kortrijk:front")
    found = explain(known, asked)
    assert found.verdict is Verdict.ABSENT
    assert "datacentre west has no `floating` prefix" in told_by(found)
    floating = '"2001:db8:1::2/64", gateway: "fe80::1" }]'
    flow = "flows:\n  website: { from: upstream:internet, to: kortrijk:front, purpose: Website for everybody here }\n"
    wider = changed(tmp_path, floating, f"{floating}\n    floating: 192.0.2.64/26")
    assert "a registered flow gives kortrijk:front a floating address" in told_by(explain(wider, asked))
    text = (tmp_path / "estate.yaml").read_text()
    (tmp_path / "estate.yaml").write_text(text.replace("flows:\n", flow))
    reached = explain(known_of(load(read_folder(tmp_path)).estate), asked)
    assert [way.verdict for way in reached.ways] == [Verdict.PASSES, Verdict.ABSENT]
    assert hop(reached.ways[0], "translation").facts["outside"].startswith("192.0.2.")


def test_without_a_datacentre_nothing_leaves_a_site() -> None:
    alone = known_of(regions.estate({"34022": {"stadhuis": regions.HALL, "bib": {"kind": "library"}}}))
    with pytest.raises(UserError, match="no datacentre joins upstream:internet"):
        explain(alone, ("kortrijk/bib:guests", "upstream:internet"))
    found = explain(alone, ("kortrijk/stadhuis:administration", "kortrijk/bib:library-staff"))
    assert (found.verdict, found.ways[0].hops[-1].what) == (Verdict.REFUSED, "route")
    assert "routers hear of each other's zones from a datacentre; add one" in told_by(found)
    within = explain(alone, ("kortrijk/stadhuis:administration", "kortrijk/stadhuis:printers"), "tcp", 9100)
    assert any(one.text.startswith("flows:") for one in within.changes)


LAPTOPS = """\
serial,name,profile,site,state,mac
NB-1,nb-1,laptop,kortrijk/stadhuis,in-service,02:00:00:00:00:01
NB-2,nb-2,laptop,kortrijk/stadhuis,ordered,
NB-3,nb-3,laptop,kortrijk/depot,in-service,02:00:00:00:00:03
"""


@pytest.fixture
def with_laptops(tmp_path: Path) -> Known:
    changed(tmp_path, "profiles:\n", "profiles:\n  laptop: { kind: laptop }\n")
    (tmp_path / "devices" / "laptops.csv").write_text(LAPTOPS)
    return known_of(load(read_folder(tmp_path)).estate)


def test_a_device_is_found_by_name_serial_and_address(with_laptops: Known) -> None:
    ways = [explain(with_laptops, (name, "shared:files")).ways for name in ("nb-1", "NB-1")]
    assert ways[0] == ways[1]
    assert {way.verdict for way in ways[0]} == {Verdict.PASSES}
    by_address = explain(with_laptops, (str(ways[0][0].source), "shared:files"))
    assert by_address.asked.source.name == "nb-1"
    assert by_address.asked.source.origin == Mark("devices/laptops.csv", 2, 1)


def test_a_device_that_is_not_there_yet_or_any_more_is_told_with_its_state(with_laptops: Known) -> None:
    for name, state in (("nb-2", "ordered"), ("router-hub-rt-0", "retired")):
        with pytest.raises(UserError, match=f"device {name} is {state}"):
            explain(with_laptops, (name, "shared:files"))


def test_the_firewall_of_a_device_decides_as_its_role_is_told_by(with_laptops: Known) -> None:
    plan = with_laptops.plan
    zone = next(z for z in plan.router_at["kortrijk/stadhuis"].zones if z.zone.id == "administration")
    managers = Openings(plan).managers(zone) or ()
    for source in ("shared:management", "kortrijk:management", "kortrijk/stadhuis:administration", "waregem:web"):
        found = explain(with_laptops, (source, "nb-1"), "tcp", 22)
        told = any(found.ways[0].source in IPNetwork(prefix) for prefix in managers)
        assert (found.verdict is Verdict.PASSES) is told, source
    wide = explain(with_laptops, ("nb-1", "shared:voice"), "udp", 10000)
    assert "it holds for the whole zone of nb-1" in told_by(wide)
    near = explain(with_laptops, ("kortrijk/stadhuis:administration", "nb-1"), "tcp", 443)
    assert [one.passes for one in near.ways[0].hops if one.what == "device"] == [False]
    assert "nb-1 serves nobody" in told_by(near)
    assert explain(with_laptops, ("kortrijk/stadhuis:administration", "nb-1"), "icmp").verdict is Verdict.PASSES


WRONG = {
    "kortrijk/bib:library-staf": "did you mean library-staff?",
    "kortrijk/bb:guests": "did you mean kortrijk/bib?",
    "kortrijc:web": "did you mean kortrijk?",
    "kortrijk:wep": "did you mean web?",
    "shared:prxy": "did you mean proxy?",
    "upstream:interned": "did you mean internet?",
    "kortrijk:voip": "name one: kortrijk/bib:voip, kortrijk/depot:voip, kortrijk/stadhuis:voip",
    "web": "name one: kortrijk:web, waregem:web",
    "rtr-kortrijk-depo": "did you mean",
    "10.127.255.1": "name a zone",
    "nobody-at-all": "name a zone",
    "": "name a zone",
    ":": "name a zone",
    "kortrijk/bib:": "it has",
    "10.1.2.300": "name a zone",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_name_that_stands_for_nothing_or_for_several_is_refused_with_the_way_out(known: Known, name: str) -> None:
    for names in ((name, "shared:dns"), ("kortrijk/bib:library-staff", name)):
        with pytest.raises(UserError) as refused:
            explain(known, names)
        assert WRONG[name] in refused.value.hint


def test_addresses_that_are_no_hosts_are_told_as_what_they_are(known: Known, plan: NetworkPlan) -> None:
    zone, router, link = plan.routers[0].zones[0], plan.routers[0], plan.links[0]
    for address, says in (
        (zone.gateway4, f"is the gateway of {zone.site}:{zone.zone.id}"),
        (zone.prefix4.network, "is no host's"),
        (router.loopback6, f"is the loopback of {router.name}"),
        (link.ends[0].address4.ip, f"is an end of link {link.key}"),
    ):
        with pytest.raises(UserError, match=says):
            explain(known, (str(address), "shared:dns"))


def test_a_municipality_may_be_named_by_its_code(known: Known) -> None:
    found = explain(known, ("34022/bib:library-staff", "34022:loket"))
    assert (found.asked.source.name, found.asked.target.name) == ("kortrijk/bib:library-staff", "kortrijk:loket-1")


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_out_of_range_is_refused(known: Known, port: int) -> None:
    with pytest.raises(UserError, match="is no port"):
        explain(known, ("kortrijk/bib:library-staff", "shared:dns"), "tcp", port)


def test_questions_without_sense_are_refused(known: Known) -> None:
    with pytest.raises(UserError, match="icmp has no ports"):
        explain(known, ("kortrijk/bib:library-staff", "shared:dns"), "icmp", 53)
    with pytest.raises(UserError, match="both outside the region"):
        explain(known, ("upstream:internet", "upstream:flemish"))
    with pytest.raises(UserError, match="both ends of this flow"):
        explain(known, ("shared:dns-1", "dns-1"))


def test_the_text_lines_up_and_names_each_deciding_line(known: Known) -> None:
    text = faces.as_text(explain(known, ("kortrijk/bib:library-staff", "shared:proxy")), "estates/two")
    assert text.splitlines()[0].endswith(": passes")
    assert "[estates/two/estate.yaml:" in text
    assert "the same hops as IPv4, by the same rules" in text
    rows = [line for line in text.splitlines() if line[:4].strip().isdigit()]
    assert len({line.index("rtr-") for line in rows if "rtr-" in line[:40]} & {6 + len("destination") + 2}) == 1


def test_the_data_say_what_the_text_says(known: Known) -> None:
    body = faces.as_data(explain(known, ("kortrijk/bib:library-staff", "shared:dns"), "tcp", 99))
    assert (body["verdict"], body["port"], [way["family"] for way in body["families"]]) == ("refused", 99, [4, 6])
    assert body["families"][0]["hops"][-1]["passes"] is False
    assert any(change["text"].startswith("flows:") for change in body["changes"])
