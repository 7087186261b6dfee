"""Many mistakes at once, put in by hand and by chance: each told in one run, at its own line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from virgem.modules.estate.checks.register import MISSING_FROM
from virgem.modules.estate.loader import SourceFiles
from virgem.modules.estate.problem_formats import FORMATS
from virgem.modules.estate.validation import validate_files

# `<E503>` stands right before the place at which E503 is to be told; it is taken out before reading.
ESTATE = """\
apiVersion: virgem/v1
name: veel-fouten
operator: { name: Leiedal, kbo: <E212>0205.350.682 }
pools:
  ipv4: [10.0.0.0/12, <E404>10.4.0.0/16]
  ipv6: fd34:22::/32
  reserved: [<E211>10.0.0.1/24]
datacentres:
  west: { at: kortrijk/stadhuis, public: 192.0.2.1 }
  east: { at: <E409>kortrijk/stadhuis, public: 198.51.100.1 }
<E201>colour: blue
upstreams:
  internet: { translate: [192.0.2.128/25, "2001:db8:f000::/48"] }
  flemish: {}
flows:
  <E531>opzoeken: { from: "kortrijk:counter", to: "upstream:flemish", purpose: Counters look up persons }
  gasten: { from: "kortrijk:guests", to: <E521>"kortrijk:servers", ports: [<E206>70000], purpose: Guests book a room }
  dwaal: { from: <E308>"kortrijk:serverz", to: "shared:dns", purpose: Nobody knows any more }
  dubbel: { from: "*:device", to: "upstream:internet", purpose: <W536>Web, <E125>purpose: Web sites }
contracts:
  pc:
    authority: Leiedal
    supplier: Voorbeeld
    start: 2026-01-01
    end: <E213>2026-02-30
    ceiling: <E221>10 euro
  lijnen: { authority: Leiedal, supplier: Net, start: 2026-05-01, end: <E801>2026-04-01, ceiling: 1000 }
rings:
  eerst: { share: <W846>30 }
  rest: { share: <E845>60 }
risks:
  <W901>brand: { label: Fire, likelihood: 4, impact: 4, owner: facility-manager }
  water: { label: Flood, likelihood: 1, impact: 4, owner: <E301>facilty-manager }
"""
KORTRIJK = """\
municipality: 34022
sites:
  stadhuis: { kind: town-hall, at: [50.8279, 3.2645], zones: { guests: { class: <E501>3 } } }
  bib: { kind: <E208>libary, at: [50.8262, 3.2660] }
  depot: { kind: depot, at: <E402>[51.2000, 4.4000], class: <E206>7 }
  markt: { kind: square, at: [50.8275, 3.2648], class: 3, link: <W556>{ kind: 4g, capacity: <W553>5G } }
  hal:
    kind: sports-hall
    zones:
      printers: { vlan: 40 }
      cctv: { vlan: <E503>40 }
cloud:
  quota: <E301>enormous
  servers:
    web: { image: <E725>windows-95, count: 0 }
  volumes:
    data: { size: 5, server: <E711>web }
  dns:
    www: { server: web, alias: <E717>web }
"""
DEVICES = """\
serial,profile,site,mac
D-1,<E301>nothing,kortrijk/stadhuis,02:00:5e:10:00:01
"""


@dataclass(frozen=True)
class Marked:
    """Texts by file, and where which code is expected."""

    files: Mapping[str, bytes]
    expected: tuple[tuple[str, int, int, str], ...]


def marked_files(texts: Mapping[str, str]) -> Marked:
    files: dict[str, bytes] = {}
    expected: list[tuple[str, int, int, str]] = []
    for name, text in texts.items():
        lines = []
        for number, line in enumerate(text.split("\n"), 1):
            bare = line
            while found := re.search(r"<([EW]\d{3})>", bare):
                expected.append((name, number, found.start() + 1, found[1]))
                bare = bare[: found.start()] + bare[found.end() :]
            lines.append(bare)
        files[name] = "\n".join(lines).encode()
    return Marked(files, tuple(sorted(expected)))


HAND = marked_files({"estate.yaml": ESTATE, "municipalities/kortrijk.yaml": KORTRIJK, "devices/pc.csv": DEVICES})


def told(files: Mapping[str, bytes]) -> tuple[tuple[str, int, int, str], ...]:
    found = validate_files(SourceFiles(dict(files))).problems
    return tuple(sorted((p.mark.file, p.mark.line, p.mark.column, p.code) for p in found))


def test_all_mistakes_by_hand_are_told_in_one_run_each_at_its_place() -> None:
    assert len(HAND.expected) >= 25
    assert told(HAND.files) == HAND.expected


EVERY_KIND = ROOT / "tests" / "estates" / "good" / "every-kind"
OPERATOR, TOWN = "estate.yaml", "municipalities/34022-kortrijk.yaml"
GOOD = {
    path.relative_to(EVERY_KIND).as_posix(): path.read_text()
    for path in sorted(EVERY_KIND.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}

# Changes that do not touch one another: file, what stands there, what comes instead with its mark.
MUTATIONS = (
    (OPERATOR, "ipv6: fd34:23::/32 }", "ipv6: fd34:23::/32, reserved: [<W411>192.168.7.0/24] }"),
    (OPERATOR, "cores: 1024 }\nservices", "cores: <E206>many }\nservices"),
    (OPERATOR, "  database: {}", "  database: { flavor: <E724>huge }"),
    (OPERATOR, "  leverancier: { kind: supplier", "  leverancier: { kind: <E208>suplier"),
    (OPERATOR, "purpose: Counters look up persons in the population register", "purpose: <W536>Look up"),
    (OPERATOR, "responsible: 0212.173.246", "responsible: <E212>0212.173.247"),
    (OPERATOR, "length: 14.8", "length: <E574>3.1"),
    (OPERATOR, "measured: 4.9", "measured: <W579>9.9"),
    (OPERATOR, "ceiling: 400000", "ceiling: <E802>950000"),
    (OPERATOR, "price: 800, list-price: 1100", "price: <W820>1200, list-price: 1100"),
    (OPERATOR, "cores: 8, ram-gb: 16,", "cores: <E818>2, ram-gb: 16,"),
    (OPERATOR, "controls: [PR.IR-03.1]", "controls: [<E903>PR.IR-33.1]"),
    (OPERATOR, "expires: 2027-01-31 }", "expires: <W905>2028-01-31 }"),
    (OPERATOR, "principles: [P14, T02, T11, R01, R05]", "principles: [<W912>P14, T02, T11, R01]"),
    (OPERATOR, "rule: W555, target: kortrijk/bank,", "rule: W555, target: <E908>kortrijk/bonk,"),
    (TOWN, "zones: { sensors: {} }", "zones: { sensors: { hosts: <E508>0 } }"),
    (TOWN, "zones: { govroam: {} }", "zones: { govroam: { class: <E501>2 } }"),
    (TOWN, "kind: cabinet, at: [50.8310, 3.2610]", "kind: cabinet, at: <E402>[51.2310, 3.2610]"),
    (
        TOWN,
        "kind: square, at: [50.8275, 3.2648], link: 5g",
        "kind: square, at: [50.8275, 3.2648], link: { 5g: <W553>9G }",
    ),
    (TOWN, "image: ubuntu-24-04", "image: <E725>ubuntu-4"),
    (TOWN, "serves: [8443], class: 3", "serves: [8443], class: <E206>9"),
    (TOWN, "count: 2, serves", "count: 2, <E201>servs: 1, serves"),
    (TOWN, "    loket: loket", "    loket: { server: loket, alias: <E717>www }"),
    (TOWN, "approved-by: procurement-officer", "approved-by: <E807>ict-manager"),
    (TOWN, "serials: [LT-1, LT-2]", "serials: [LT-1, <E816>LT-1]"),
    ("devices/kortrijk.csv", "PR-1,printer,kortrijk/bib", "PR-1,<E301>print,kortrijk/bib"),
    ("devices/kortrijk.csv", "SE-1,sensor,kortrijk/markt", "SE-1,sensor,<E301>kortrijk/mart"),
)


def changed(chosen: frozenset[int], above: str = "") -> Marked:
    """The good estate with some of its mistakes put in, and some lines above everything."""
    texts = {name: text if name.endswith(".csv") else above + text for name, text in GOOD.items()}
    for index in sorted(chosen):
        file, old, new = MUTATIONS[index]
        assert texts[file].count(old) == 1, f"a mistake is put in here, so keep this text once in {file}: {old}"
        texts[file] = texts[file].replace(old, new)
    return marked_files(texts)


@pytest.mark.parametrize("index", range(len(MUTATIONS)), ids=lambda index: MUTATIONS[index][2][:40])
def test_one_mistake_in_a_good_estate_is_told_where_it_is(index: int) -> None:
    mistake = changed(frozenset({index}))
    assert set(told(mistake.files)) >= set(mistake.expected)
    assert len(mistake.expected) == 1


@settings(max_examples=15, deadline=None)
@given(st.frozensets(st.integers(0, len(MUTATIONS) - 1), min_size=2), st.sampled_from(["", "# a line\n\n# and more\n"]))
def test_any_mistakes_together_are_each_told_where_they_are(chosen: frozenset[int], above: str) -> None:
    mistakes = changed(chosen, above)
    left = set(mistakes.expected) - set(told(mistakes.files))
    # What misses something waits until the part of the text where it may stand can be read.
    assert [place for place in left if place[3] not in MISSING_FROM] == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_no_cut_in_a_text_stops_validation_or_a_face(file: str, data: st.DataObject) -> None:
    text = GOOD[file]
    start = data.draw(st.integers(0, len(text) - 1))
    cut = text[:start] + data.draw(st.sampled_from(["", "\t", "{", "x: ", "'", "- "])) + text[start + 5 :]
    files = {name: (cut if name == file else whole).encode() for name, whole in GOOD.items()}
    checked = validate_files(SourceFiles(files))
    for face in FORMATS.values():
        assert isinstance(face(checked.problems, checked.sources), str)
