"""References: each is looked up, and what leads nowhere is told where it was written, with a name that is there."""

from __future__ import annotations

import pytest

from .texts import KORTRIJK, KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE, all_said, good, load_texts, loaded

CONTRACT = """\
profiles: { laptop: { kind: laptop } }
contracts:
  pc:
    authority: Leiedal
    supplier: Example
    start: 2026-01-01
    end: 2029-12-31
    ceiling: 100000
    lots: { one: { label: Laptops } }
    items: { laptop-14: { lot: one, profile: laptop, model: Example 14, price: 800 } }
"""
FLOW = "flows: {{ f: {{ from: '{}', to: '{}', purpose: Test }} }}\n"

UNKNOWN = [
    ("owners: { boss: { body: gent } }\n", "8:25 E317 Gent has no file in municipalities/, but is named here"),
    ("owners: { boss: { body: 44021 } }\n", "8:25 E317 Gent has no file in municipalities/, but is named here"),
    (
        "owners: { boss: { body: kortrik } }\n",
        "8:25 E301 a municipality named 'kortrik' does not exist | did you mean kortrijk?",
    ),
    (
        "owners: { boss: { body: 11007 } }\n",
        "8:25 E301 a municipality named '11007' does not exist | it merged into Antwerpen",
    ),
    (
        "fibre: { pops: { p: { at: kortrijk/bieb } } }\n",
        "8:27 E301 a site named 'kortrijk/bieb' does not exist | did you mean kortrijk/bib?",
    ),
    (
        "fibre: { pops: { p: { at: kortrik/bib } } }\n",
        "8:27 E301 a site named 'kortrik/bib' does not exist | did you mean kortrijk?",
    ),
    (
        "fibre: { pops: { p: { at: bib } } }\n",
        "8:27 E309 'bib' does not say which municipality's | did you mean kortrijk/bib?",
    ),
    (
        "fibre: { ducts: { d: { ends: [x, y], length: 1 } } }\n",
        "8:31 E301 a point of presence named 'x' does not exist | the estate has none",
    ),
    (
        "upstreams: { internet: { at: [noord] } }\n",
        "8:31 E301 a datacentre named 'noord' does not exist | there are: west, east",
    ),
    ("upstreams: { internet: { contract: x } }\n", "8:36 E301 a frame contract named 'x' does not exist"),
    (
        "profiles: { p: { kind: laptop } }\nrisks: { r: { label: R, likelihood: 1, impact: 1, owner: ict-manger } }\n",
        "9:58 E301 an owner named 'ict-manger' does not exist | did you mean ict-manager?",
    ),
    (CONTRACT.replace("lot: one", "lot: two"), "17:32 E310 lot 'two' is not described | there are: one"),
    (
        CONTRACT.replace("profile: laptop", "profile: laptob"),
        "17:46 E301 a device profile named 'laptob' does not exist | did you mean laptop?",
    ),
    (
        FLOW.format("kortrijk:guestz", "upstream:internet"),
        "8:21 E308 'guestz' is not in kortrijk | did you mean guests?",
    ),
    (FLOW.format("kortrijk/bib:administration", "shared:dns"), "8:21 E308 'administration' is not in kortrijk/bib"),
    (
        FLOW.format("kortrijk/bieb:voip", "shared:dns"),
        "8:21 E308 a site named 'kortrijk/bieb' does not exist | did you mean kortrijk/bib?",
    ),
    (FLOW.format("gent:voip", "shared:dns"), "8:21 E317 Gent has no file in municipalities/, but is named here"),
    (FLOW.format("*:voip", "shared:dnz"), "8:35 E308 a shared service named 'dnz' does not exist | did you mean dns?"),
    (
        FLOW.format("*:voip", "upstream:vlaams"),
        "8:35 E308 an upstream network named 'vlaams' does not exist | there are: internet",
    ),
    (FLOW.format("*:vip", "shared:dns"), "8:21 E308 'vip' is not in any municipality | did you mean voip?"),
    (FLOW.format("*:voip", "shared"), "8:35 E205 'shared' is not an end of a flow"),
]


@pytest.mark.parametrize(("text", "expected"), UNKNOWN, ids=[case[1].split("|")[0] for case in UNKNOWN])
def test_a_name_that_leads_nowhere_is_told_with_one_that_is_like_it(text: str, expected: str) -> None:
    assert all_said(loaded(text))[0].startswith(f"estate.yaml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("owner: boss\n", "8:8 E301 an owner named 'boss' does not exist"),
        ("services: [filez]\n", "8:12 E301 a shared service named 'filez' does not exist | did you mean files?"),
        ("cloud: larg\n", "8:8 E301 a quota class named 'larg' does not exist | did you mean large?"),
        (
            "cloud: { volumes: { v: { size: 1, server: web } } }\n",
            "8:43 E301 a server named 'web' does not exist in kortrijk",
        ),
        (
            "cloud: { volumes: { v: { size: 1, dataset: d } } }\n",
            "8:44 E301 a data set named 'd' does not exist in kortrijk",
        ),
        ("cloud: { dns: { www: { load-balancer: lb } } }\n", "8:39 E310 load-balancer 'lb' is not described"),
        (
            "orders: { o: { contract: pc, date: 2026-02-03, entity: vzw, lines: [] } }\n",
            "8:56 E301 an entity named 'vzw' does not exist in kortrijk",
        ),
        (
            "orders: { o: { contract: pc, date: 2026-02-03, lines: { item: x, quantity: 1 } } }\n",
            "8:63 E301 a catalogue item named 'pc/x' does not exist",
        ),
        (
            "orders: { o: { contract: pd, date: 2026-02-03, lines: { item: laptop-14, quantity: 1 } } }\n",
            "8:26 E301 a frame contract named 'pd' does not exist | there are: pc",
        ),
        (
            "deliveries: { d: { order: o, date: 2026-02-03, lines: { item: laptop-14, quantity: 1 } } }\n",
            "8:27 E301 an order named 'o' does not exist in kortrijk",
        ),
    ],
)
def test_a_town_is_told_in_its_own_words(text: str, expected: str) -> None:
    base = KORTRIJK.replace("cloud: { quota: large }\n", "# \n").replace("services: [dns, files, backup]\n", "# \n")
    files = {"estate.yaml": OPERATOR + CONTRACT, KORTRIJK_FILE: base + text, WAREGEM_FILE: WAREGEM}
    assert all_said(load_texts(files))[0].startswith(f"{KORTRIJK_FILE}:{expected}")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("services: [dns, bakcup]\n", "a shared service named 'bakcup' does not exist"),
        ("cloud: { quota: larg }\n", "a quota class named 'larg' does not exist"),
    ],
)
def test_what_several_towns_name_and_the_operator_lacks_is_told_once_with_their_number(line: str, named: str) -> None:
    towns = {
        KORTRIJK_FILE: "municipality: 34022\nsites: { stadhuis: town-hall }\n",
        WAREGEM_FILE: WAREGEM,
        "municipalities/34009-deerlijk.yaml": "municipality: 34009\nsites: { stadhuis: town-hall }\n",
    }
    said = all_said(load_texts({"estate.yaml": OPERATOR, **{file: text + line for file, text in towns.items()}}))
    assert len(said) == 1
    assert said[0].startswith("municipalities/34009-deerlijk.yaml:3:")
    assert f"{named}, but 3 municipalities name it | did you mean" in said[0]


def test_what_one_town_names_twice_is_told_at_both_places() -> None:
    said = all_said(loaded(kortrijk="owner: boss\nentities: { vzw: { kind: school, owner: boss } }\n"))
    assert [line.split()[1] for line in said] == ["E301", "E301"]
    assert "municipalities name it" not in "".join(said)


def test_names_within_a_town_are_made_full() -> None:
    order = "orders: { o: { contract: pc, date: 2026-02-03, lines: [{ item: laptop-14, quantity: 2, site: bib }] } }\n"
    line = "{ item: laptop-14, quantity: 2, serials: [A, B] }"
    delivery = f"deliveries: {{ d: {{ order: o, date: 2026-03-03, lines: [{line}] }} }}\n"
    town = good(loaded(CONTRACT, order + delivery)).municipalities[0]
    assert (town.orders[0].path, town.orders[0].lines[0].item, town.orders[0].lines[0].site) == (
        "kortrijk/o",
        "pc/laptop-14",
        "kortrijk/bib",
    )
    assert (town.deliveries[0].order, town.deliveries[0].lines[0].item) == ("kortrijk/o", "pc/laptop-14")


def test_a_municipality_may_be_named_by_its_code() -> None:
    text = OPERATOR.replace("kortrijk/stadhuis", "34022/stadhuis") + "owners: { boss: { body: 34040 } }\n"
    text += FLOW.format("34022/bib:voip", "34040:voip")
    estate = good(load_texts({"estate.yaml": text, KORTRIJK_FILE: KORTRIJK, WAREGEM_FILE: WAREGEM}))
    assert estate.datacentres[0].at == "kortrijk/stadhuis"
    assert estate.owners[0].body == "waregem"
    assert (estate.flows[0].source, estate.flows[0].target) == ("kortrijk/bib:voip", "waregem:voip")


@pytest.mark.parametrize(
    "end", ["*:*", "*:visitor", "kortrijk:user", "kortrijk:web", "kortrijk/bib:guests", "kortrijk/bib:*"]
)
def test_an_end_of_a_flow_names_zones_kinds_and_servers(end: str) -> None:
    text = KORTRIJK.replace("{ quota: large }", "{ servers: { web: small } }")
    files = {"estate.yaml": OPERATOR + FLOW.format(end, "shared:dns"), KORTRIJK_FILE: text, WAREGEM_FILE: WAREGEM}
    assert good(load_texts(files)).flows[0].source == end


def test_things_that_are_there_twice_are_told_with_both_places() -> None:
    result = loaded(
        "label: Zuid\nowners: { boss: Baas }\n",
        **{
            "more.yaml": "label: West\nowners: { boss: Chef }\n",
            "municipalities__again.yaml": "municipality: 34022\n",
        },
    )
    assert (
        all_said(result)
        == [
            "more.yaml:1:8 E303 'label' also stands in estate.yaml, line 8 | keep one of the two",
            "more.yaml:2:11 E302 'boss' is also described in estate.yaml, line 9 | keep one of the two",
            f"municipalities/again.yaml:1:15 E304 Kortrijk also has the file {KORTRIJK_FILE} | join the two files",
        ]
        or [problem.related for problem in result.problems] == []
    )
    assert [str(problem.related[0]) for problem in result.problems] == [
        "estate.yaml:8:8",
        "estate.yaml:9:11",
        "municipalities/34022-kortrijk.yaml:1:15",
    ]


def test_an_optional_reference_that_leads_nowhere_is_left_out_of_the_estate() -> None:
    estate = loaded("upstreams: { internet: { at: [west, noord], contract: x } }\n").estate
    assert estate is not None
    assert (estate.upstreams[0].at, estate.upstreams[0].contract) == (("west",), None)


def test_what_needs_a_wreck_is_a_wreck_itself() -> None:
    text = "fibre: { pops: { p: {} }, ducts: { d: { ends: [p, q], length: 1 } }, cables: { c: { ducts: d } } }\n"
    result = loaded(text)
    assert [line.split()[1] for line in all_said(result)] == ["E301"]
    assert result.estate is not None
    assert (result.estate.fibre.ducts, result.estate.fibre.cables) == ((), ())
