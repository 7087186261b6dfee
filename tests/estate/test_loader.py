"""An estate from text: short forms, what kinds bring, and every mistake of a run at its place."""

from __future__ import annotations

import pytest

from virgem.modules.estate.kinds import service_kinds, site_kinds, zone_kinds
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.problem import Mark

from .texts import KORTRIJK, KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE, all_said, good, load_texts, loaded


def test_twelve_lines_make_something_useful() -> None:
    estate = good(loaded())
    kortrijk, waregem = estate.municipalities
    assert (kortrijk.id, kortrijk.nis, kortrijk.name, kortrijk.population > 70_000) == (
        "kortrijk",
        "34022",
        "Kortrijk",
        True,
    )
    assert [site.path for site in kortrijk.sites] == ["kortrijk/stadhuis", "kortrijk/bib", "kortrijk/depot"]
    assert kortrijk.cloud is not None
    assert (kortrijk.cloud.quota, kortrijk.services) == ("large", ("dns", "files", "backup"))
    assert waregem.cloud is None
    assert [(dc.id, dc.at) for dc in estate.datacentres] == [
        ("west", "kortrijk/stadhuis"),
        ("east", "waregem/stadhuis"),
    ]


def test_the_three_ways_to_write_a_link() -> None:
    stadhuis, bib, depot = good(loaded()).municipalities[0].sites
    assert (stadhuis.link.kind, str(stadhuis.link.capacity)) == ("own-fibre", "10G")
    assert (bib.link.kind, bib.link.backup) == ("own-fibre", None)
    assert (depot.link.kind, str(depot.link.capacity)) == ("operator-vpn", "200M")
    assert depot.link.backup is not None
    assert (depot.link.backup.kind, str(depot.link.backup.capacity)) == ("4g", "50M")


def test_a_site_kind_brings_zones_class_link_and_entity() -> None:
    (site,) = good(loaded()).municipalities[1].sites
    kind = site_kinds()["town-hall"]
    assert {zone.id: zone.hosts for zone in site.zones} == dict(kind.zones)
    assert site.zones[0].path == "waregem/stadhuis:administration"
    assert all(zone.classification == zone_kinds()[zone.kind].classification for zone in site.zones)
    assert (site.classification, site.link.kind, site.entity) == (3, kind.link, "waregem/municipality")
    assert (site.owner, site.municipality, site.at) == ("ict-manager", "waregem", None)


def test_a_site_belongs_to_its_own_owner_else_its_entitys_else_the_municipalitys() -> None:
    text = (
        "municipality: 34040\nowner: facility-manager\n"
        "entities: { library: { owner: network-manager }, ocmw: }\n"
        "sites:\n  stadhuis: { kind: town-hall }\n  bib: { kind: library }\n  ocmw: { kind: social-house }\n"
        "  filiaal: { kind: library, owner: ict-manager }\n"
    )
    kortrijk = "entities: { depot: { kind: municipality, owner: procurement-officer } }\n"
    guest = text.replace("social-house }", "social-house }\n  loods: { kind: depot, entity: kortrijk/depot }")
    sites = good(loaded(kortrijk=kortrijk, **{"municipalities__34040-waregem.yaml": guest})).sites
    owners = {site.id: site.owner for site in sites.values() if site.municipality == "waregem"}
    assert owners == {
        "stadhuis": "facility-manager",
        "bib": "network-manager",
        "ocmw": "facility-manager",
        "loods": "procurement-officer",
        "filiaal": "ict-manager",
    }


def test_an_entity_without_owner_has_its_municipalitys() -> None:
    text = WAREGEM + "owner: facility-manager\n"
    town = good(loaded(**{"municipalities__34040-waregem.yaml": text})).towns["waregem"]
    assert [(entity.id, entity.owner) for entity in town.entities] == [("municipality", "facility-manager")]


def test_zones_are_added_replaced_and_taken_away() -> None:
    zones = "{ voip: { hosts: 9 }, lab: { kind: pupils, vlan: 77 }, sensors: }"
    text = WAREGEM + f"  hal: {{ kind: sports-hall, zones: {zones}, without: [public-wifi, building] }}\n"
    hall = good(loaded(**{"municipalities__34040-waregem.yaml": text})).sites["waregem/hal"]
    assert [(zone.id, zone.kind, zone.hosts, zone.vlan) for zone in hall.zones] == [
        ("administration", "administration", 12, None),
        ("voip", "voip", 9, None),
        ("access-control", "access-control", 12, None),
        ("management", "management", 12, None),
        ("lab", "pupils", zone_kinds()["pupils"].hosts, 77),
        ("sensors", "sensors", zone_kinds()["sensors"].hosts, None),
    ]


def test_entities_are_made_when_nobody_wrote_them_down() -> None:
    kortrijk = good(loaded()).municipalities[0]
    assert [entity.path for entity in kortrijk.entities] == ["kortrijk/municipality", "kortrijk/library"]
    assert [site.entity for site in kortrijk.sites] == [
        "kortrijk/municipality",
        "kortrijk/library",
        "kortrijk/municipality",
    ]


def test_entities_that_were_written_are_used_for_their_kind() -> None:
    kortrijk = good(
        loaded(kortrijk="entities: { stad: municipality, bibliotheek: { kind: library } }\n")
    ).municipalities[0]
    assert [site.entity for site in kortrijk.sites] == ["kortrijk/stad", "kortrijk/bibliotheek", "kortrijk/stad"]


def test_services_that_are_used_or_always_needed_exist() -> None:
    services = {service.id: service for service in good(loaded()).services}
    assert set(services) == {"dns", "ntp", "proxy", "files", "backup"}
    assert services["files"].volume_gb == service_kinds()["files"].volume_gb
    written = {service.id: service for service in good(loaded("services: { files: { servers: 5 } }\n")).services}
    assert (written["files"].servers, written["files"].flavor) == (5, service_kinds()["files"].flavor)


def test_a_region_has_quotas_rings_owners_and_the_internet_unless_it_says_otherwise() -> None:
    estate = good(loaded())
    assert [quota.id for quota in estate.quotas] == ["small", "medium", "large", "xlarge"]
    assert [(ring.id, ring.share) for ring in estate.rings] == [("canary", 5), ("pilot", 20), ("broad", 75)]
    assert [upstream.kind for upstream in estate.upstreams] == ["internet"]
    assert "ict-manager" in [owner.id for owner in estate.owners]
    own = good(
        loaded("rings: { all: { share: 100 } }\nupstreams: { flemish: }\nowners: { ict-manager: Diensthoofd ICT }\n")
    )
    assert [ring.id for ring in own.rings] == ["all"]
    assert [upstream.kind for upstream in own.upstreams] == ["flemish"]
    assert own.owners[0].label == "Diensthoofd ICT"


def test_what_is_filled_in_points_at_the_line_of_its_owner() -> None:
    site = good(loaded()).sites["kortrijk/depot"]
    assert site.zones[0].origin.at("hosts") == Mark(KORTRIJK_FILE, 5, 3)
    assert site.origin.at("link") == Mark(KORTRIJK_FILE, 5, 61)
    assert site.link.origin.at("capacity") == Mark(KORTRIJK_FILE, 5, 77)
    assert site.origin.at("class") == Mark(KORTRIJK_FILE, 5, 3)


def test_a_value_is_found_by_its_key_and_by_its_field() -> None:
    site = good(loaded()).sites["kortrijk/stadhuis"]
    assert site.origin.at("class") == site.origin.at("classification") == Mark(KORTRIJK_FILE, 3, 62)


def test_the_operator_may_spread_the_text_over_files() -> None:
    more = {
        "fibre.yaml": "fibre: { pops: { a: { at: kortrijk/stadhuis } } }\n",
        "spans.yaml": "fibre: { pops: { b: { place: [50.8, 3.2] } }, ducts: { d: { ends: [a, b], length: 3.2 } } }\n",
        "people.yaml": "owners: { boss: Baas }\nlabel: Zuid\n",
    }
    estate = good(loaded(**more))
    assert [pop.id for pop in estate.fibre.pops] == ["a", "b"]
    assert estate.fibre.ducts[0].ends == ("a", "b")
    assert estate.origin.at("label") == Mark("people.yaml", 2, 8)
    assert estate.origin.at("name") == Mark("estate.yaml", 2, 7)


def test_the_order_and_names_of_files_do_not_matter() -> None:
    files = {"estate.yaml": OPERATOR, "municipalities/z.yaml": KORTRIJK, "municipalities/a.yaml": WAREGEM}
    assert good(load_texts(files)) == good(loaded())


def test_one_value_counts_as_a_list_of_one() -> None:
    estate = good(loaded("principles: P08\nbackbone: { ring: { between: [kortrijk/bib, waregem/stadhuis] } }\n"))
    assert estate.principles == ("P08",)
    assert estate.pools.ipv4 == ("10.0.0.0/9",)


def test_places_are_read_alone_and_in_lists() -> None:
    pops = "pops: { a: { place: [50.8, 3.2] }, b: { place: [50.9, 3.3] } }"
    text = f"fibre: {{ {pops}, ducts: {{ d: {{ ends: [a, b], length: 9, via: VIA }} }} }}\n"
    for via, count in (("[50.85, 3.25]", 1), ("[[50.85, 3.25], [50.86, 3.26]]", 2)):
        (duct,) = good(loaded(text.replace("VIA", via))).fibre.ducts
        assert len(duct.via) == count
        assert duct.via[0] == Point(lat=duct.via[0].lat, lon=duct.via[0].lon)
        assert (duct.via[0].lat, duct.via[0].lon) == (50.85, 3.25)


OPERATOR_MISTAKES = [
    ("operatr: x\n", "8:1 E201 unknown key 'operatr' | did you mean operator?"),
    ("sites: {}\n", "8:1 E217 the key 'sites' does not belong in this file"),
    ("flows: { f: { from: '*:voip', to: shared:dns } }\n", "8:10 E202 'f' lacks the key purpose"),
    ("owners: [x]\n", "8:9 E203 a list stands here, a mapping by name belongs"),
    ("label: [x]\n", "8:8 E203 a list stands here, a display name belongs"),
    ("label:\n", "8:7 E204 nothing stands here, a display name belongs"),
    ("label: ~\n", "8:8 E204 nothing stands here, a display name belongs"),
    ("owners:\n", "8:8 E204 nothing stands here, a mapping by name belongs | delete the key when there are none"),
    ("label: a|b\n", "8:8 E205 'a|b' is not a display name"),
    ('label: "a\\nrouter bgp 1"\n', "8:8 E205 'a\\u000arouter bgp 1' is not a display name"),
    (
        "quotas: { q: { instances: x, cores: 1, ram-gb: 1, volumes: 1, storage-gb: 1 } }\n",
        "8:27 E206 'x' is not a whole number",
    ),
    (f"rings: {{ r: {{ share: {'9' * 5000} }} }}\n", "8:22 E206 "),
    ("profiles: { p: { kind: lapto } }\n", "8:24 E208 'lapto' is not a device kind | did you mean laptop?"),
    ("upstreams: { weg: {} }\n", "8:14 E219 'weg' has no kind, and its name is not a kind of upstream network"),
    ("owners: { A: x }\n", "8:11 E216 'A' is not an identifier"),
    (
        "backbone: { b: { between: [kortrijk/bib, kortrijk/depot], capacity: 10 } }\n",
        "8:69 E220 '10' is not a capacity",
    ),
    (
        "fibre: { pops: { p: { place: [3.2, 50.8] } } }\n",
        "8:30 E214 longitude stands before latitude | did you mean [50.8, 3.2]?",
    ),
    ("fibre: { pops: { p: { place: [50.8] } } }\n", "8:30 E214 a list of 1 stands here, a place belongs"),
    ("fibre: { pops: { p: { place: 50.8 } } }\n", "8:30 E214 a single value stands here, a place belongs"),
    ("principles: [P08, P19]\n", "8:19 E205 'P19' is not a principle"),
    ("principles: [P08, P08]\n", "8:19 E312 'P08' stands twice in the list"),
]


@pytest.mark.parametrize(
    ("text", "expected"), OPERATOR_MISTAKES, ids=[case[1].split()[1] for case in OPERATOR_MISTAKES]
)
def test_a_mistake_of_the_operator_is_told_at_its_place(text: str, expected: str) -> None:
    (one,) = all_said(loaded(text))
    assert one.startswith(f"estate.yaml:{expected}")


TOWN_MISTAKES = [
    ("kbo: 0205.350.682\n", "8:6 E212 KBO number 0205350682 has wrong check digits | the last two digits would be 81"),
    ("pools: {}\n", "8:1 E217 the key 'pools' does not belong in this file"),
    ("domain: -x\n", "8:9 E205 '-x' is not a host name"),
    (
        "orders: { o: { contract: c, date: 2027-02-30, lines: [] } }\n",
        "8:35 E213 '2027-02-30' is no day of the calendar",
    ),
    ("entities: { stad: { kind: municipality }, vzw: {} }\n", "8:43 E219 'vzw' has no kind"),
    (
        "orders: { o: { contract: c, date: 2027-02-03, lines: [], status: done } }\n",
        "8:66 E207 'done' is not one of intake",
    ),
]


@pytest.mark.parametrize(("text", "expected"), TOWN_MISTAKES, ids=[case[1].split()[1] for case in TOWN_MISTAKES])
def test_a_mistake_of_a_town_is_told_at_its_place(text: str, expected: str) -> None:
    contract = "contracts: { c: { authority: A, supplier: B, start: 2026-01-01, end: 2027-01-01, ceiling: 1 } }\n"
    (one,) = all_said(loaded(contract, text))
    assert one.startswith(f"{KORTRIJK_FILE}:{expected}")


@pytest.mark.parametrize(
    ("cloud", "expected"),
    [
        ("servers: { web: { anti-affinity: yes } }", "E209 'yes' is neither true nor false | did you mean true?"),
        ("servers: { web: { serves: [80, 99999] } }", "E206 99999 is not a port | allowed: 1 to 65535"),
        ("servers: [web]", "E203 a list stands here, a mapping by name belongs"),
        ("datasets: { d: { confidentiality: 6, integrity: 1, availability: 1 } }", "E206 6 is not an ICR class"),
        (
            "datasets: { d: { confidentiality: 5, integrity: 1, availability: 1, secret: hunter2 } }",
            "E222 *** is not a reference to a secret",
        ),
        ("datasets: { d: { integrity: 1, availability: 1 } }", "E202 'd' lacks the key confidentiality"),
    ],
)
def test_a_mistake_in_a_tenant_is_told(cloud: str, expected: str) -> None:
    text = WAREGEM + f"cloud: {{ {cloud} }}\n"
    (one,) = all_said(loaded(**{"municipalities__34040-waregem.yaml": text}))
    assert expected in one


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("kind: town-hal", "16 E208 'town-hal' is not a site kind | did you mean town-hall?"),
        ("kind: depot, link: fibr", "29 E208 'fibr' is not a link kind"),
        ("kind: depot, link: { operator-vp: 1G }", "31 E201 unknown key 'operator-vp' | did you mean operator-vpn?"),
        ("kind: depot, link: { 4g: 1G, 5g: 1G }", "39 E218 '5g' is a second kind beside '4g'"),
        ("kind: depot, zones: { voip: { hosts: no } }", "47 E206 'no' is not a whole number"),
        ("kind: depot, without: [pupils]", "33 E311 a depot brings no zone 'pupils'"),
        ("kind: depot, without: voip, zones: { voip: }", "32 E311 zone 'voip' is taken away and written under zones"),
        ("kind: depot, class: nine", "30 E206 'nine' is not an ICR class"),
    ],
)
def test_a_mistake_in_a_site_is_told(site: str, expected: str) -> None:
    text = WAREGEM + f"  bad: {{ {site} }}\n"
    (one,) = all_said(loaded(**{"municipalities__34040-waregem.yaml": text}))
    assert one.startswith(f"{WAREGEM_FILE}:4:{expected}")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("municipality: 99999", "1:15 E306 no Flemish municipality has the NIS code 99999"),
        (
            "municipality: 11007",
            "1:15 E307 the municipality 11007 merged into Antwerpen | write 11002, the code of Antwerpen",
        ),
        ("municipality: brug", "1:15 E215 'brug' is not a NIS code"),
        ("municipality: 034022", "1:15 E215 a NIS code is at most 5 characters"),
        ("label: x", "1:1 E202 the key municipality is missing"),
    ],
)
def test_a_file_is_about_a_municipality_that_exists(first: str, expected: str) -> None:
    text = f"{first}\nsites: {{ s: {{ kind: depot, entity: ocmw }} }}\n"
    (one,) = all_said(loaded(**{"municipalities__x.yaml": text}))
    assert one.startswith(f"municipalities/x.yaml:{expected}")


def test_the_version_of_the_text_is_checked() -> None:
    said = all_said(load_texts({"estate.yaml": OPERATOR.replace("virgem/v1", "virgem/v2")}))
    assert "estate.yaml:1:13 E210 'virgem/v2' is not a version that this virgem reads | write virgem/v1" in said


def test_what_the_estate_itself_lacks_is_told_at_its_first_line() -> None:
    said = all_said(load_texts({"estate.yaml": "apiVersion: virgem/v1\n"}))
    assert [line.partition(" | ")[0] for line in said] == [
        f"estate.yaml:1:1 E202 the key {key} is missing" for key in ("name", "operator", "pools")
    ]


def test_neighbours_of_a_mistake_are_checked_in_the_same_run() -> None:
    sites = "  a: { kind: x, class: 9, link: y, at: [1] }\n  b: { knd: depot }\n"
    town = f"municipality: 34040\nsites:\n{sites}services: [z]\n"
    codes = [line.split()[1] for line in all_said(loaded("", **{"municipalities__34040-waregem.yaml": town}))]
    assert codes == ["E301", "E208", "E206", "E208", "E214", "E219", "E201", "E301"]


def test_a_broken_file_is_told_once_and_hides_what_points_into_it() -> None:
    result = loaded(**{"municipalities__34040-waregem.yaml": "municipality: [1\n"})
    assert all_said(result) == [
        f"{WAREGEM_FILE}:1:15 E120 the list that opens here is not closed | close it with ]; commas between its values"
    ]
    result = loaded(kortrijk="owner: boss\n", **{"people.yaml": "owners: { boss: Baas\n"})
    assert [line.split()[:2] for line in all_said(result)] == [["people.yaml:1:9", "E120"]]


def test_no_files_are_no_estate() -> None:
    assert all_said(load_texts({})) == ["estate.yaml E129 there is no estate.yaml"]


def test_an_order_that_is_told_does_not_make_its_items_wrong() -> None:
    order = "orders: { o: { date: 2026-02-03, lines: { item: laptop-14, quantity: 1 } } }\n"
    assert [line.split()[1] for line in all_said(loaded(kortrijk=order))] == ["E202"]
    row = "serial,profile,site,order,item\nA1,laptop,kortrijk/bib,kortrijk/o,laptop-14\n"
    result = loaded("profiles: { laptop: { kind: laptop } }\n", **{"devices__a.csv": row})
    assert [line.split()[:2] for line in all_said(result)] == [["devices/a.csv:2:24", "E301"]]


def test_a_broken_object_hides_what_points_at_it() -> None:
    text = KORTRIJK.replace("town-hall", "town-hal")
    result = load_texts({"estate.yaml": OPERATOR, KORTRIJK_FILE: text, WAREGEM_FILE: WAREGEM})
    assert [line.split()[1] for line in all_said(result)] == ["E208"]
    assert result.estate is not None
    assert [datacentre.id for datacentre in result.estate.datacentres] == ["east"]


def test_a_thousand_mistakes_are_enough() -> None:
    lines = "".join(f"x{number}: 1\n" for number in range(3000))
    said = all_said(loaded(lines))
    assert len(said) == 1001
    assert said[0] == "estate.yaml:1:1 E130 the file has more than 1,000 mistakes"


def test_loading_twice_gives_the_same() -> None:
    first, second = loaded("sites: {}\n", "x: 1\n"), loaded("sites: {}\n", "x: 1\n")
    assert (first.estate, first.problems) == (second.estate, second.problems)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("  kluis: { kind: depot, zones: { administration: 20 } }", "E208", "did you mean { hosts: 20 }?"),
        ("  kluis: { kind: depot, link: 200M }", "E208", "did you mean { capacity: 200M }?"),
        ("  kluis: { kind: depot, zones: { administration: many } }", "E208", "one of access-control"),
        ("cloud: { volumes: { data: 20 } }", "E203", "did you mean { size: 20 }?"),
        ("cloud: { volumes: { data: big } }", "E203", "write `key: value`"),
        ("cloud: { datasets: { data: 3 } }", "E203", "write `key: value`"),
    ],
)
def test_a_bare_measure_is_told_the_key_it_was_meant_for(text: str, code: str, hint: str) -> None:
    files = {"estate.yaml": OPERATOR, WAREGEM_FILE: f"{WAREGEM}{text}\n"}
    (told,) = [line for line in all_said(load_texts({**files, KORTRIJK_FILE: KORTRIJK})) if f" {code} " in line]
    assert f"| {hint}" in told
