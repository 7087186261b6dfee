"""YAML without surprises: only the plain part of the language, whatever parser reads it."""

from __future__ import annotations

import time

import pytest
import yaml

from virgem.modules.estate.nodes import Mapping, Node, Scalar, Sequence
from virgem.modules.estate.yaml_text import DEPTH_LIMIT, NODE_LIMIT, read

LOADERS = [pytest.param(yaml.BaseLoader, id="python")]
if yaml.__with_libyaml__:
    from yaml.cyaml import CBaseLoader

    LOADERS.append(pytest.param(CBaseLoader, id="libyaml"))


def plain(node: Node) -> object:
    """A node as ordinary values."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.text


def refused(text: str, loader: object = None) -> list[str]:
    _, problems = read("a.yaml", text, loader)
    return [f"{p.mark.line}:{p.mark.column} {p.code} {p.message}" for p in sorted(problems)]


def composed(text: str, loader: object = None) -> Node:
    """The top node of a text without mistakes of form."""
    top, problems = read("a.yaml", text, loader)
    assert top is not None
    assert not problems
    return top


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    "text", ["no", "017", "12:30:45", "1_0", "2026-01-02", "0x10", "1e5", "=", ".inf", "0205350681", "null", "~", "yes"]
)
def test_a_scalar_stays_the_text_it_was_written_as(text: str, loader: object) -> None:
    assert plain(composed(f"key: {text}\n", loader)) == {"key": text}


@pytest.mark.parametrize("loader", LOADERS)
def test_every_value_knows_its_line_and_column(loader: object) -> None:
    top = composed("# comment\nsites:\n  één: [x,\n    'y']\n", loader)
    assert isinstance(top, Mapping)
    (_, sites) = top.pairs[0]
    assert isinstance(sites, Mapping)
    (key, items) = sites.pairs[0]
    assert isinstance(items, Sequence)
    places = [(n.line, n.column) for n in (top, sites, key, items, *items.items)]
    assert places == [(2, 1), (3, 3), (3, 3), (3, 8), (3, 9), (4, 5)]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nb: *x\n", ["1:4 E121 &x is an anchor", "2:4 E121 *x is an alias"]),
        ("a: &x [*x]\n", ["1:4 E121 &x is an anchor", "1:8 E121 *x is an alias"]),
        ("a: {<<: {b: 1}}\n", ["1:5 E122 << merges another mapping into this one"]),
        ("a: !!int 1\n", ["1:4 E123 'tag:yaml.org,2002:int' is a tag"]),
        (
            "a: !!python/object/apply:os.system [id]\n",
            ["1:4 E123 'tag:yaml.org,2002:python/object/apply:os.system' is a tag"],
        ),
        ("a: !secret x\n", ["1:4 E123 '!secret' is a tag"]),
        ("a: 1\nb: 2\na: 3\n", ["3:1 E125 the key 'a' stands twice, first in line 1"]),
        ("a: 1\n---\nb: 2\n", ["2:1 E126 a second YAML document starts here"]),
        ("? [a, b]\n: 1\n", ["1:3 E127 a list stands where a key belongs"]),
        ("? {a: b}\n: 1\n", ["1:3 E127 a mapping stands where a key belongs"]),
        ("", ["1:1 E129 the file is empty"]),
        ("# nothing\n", ["1:1 E129 the file is empty"]),
        ("---\n", ["1:1 E129 the file is empty"]),
    ],
)
def test_what_unfolds_or_builds_types_is_refused(text: str, expected: list[str], loader: object) -> None:
    assert refused(text, loader) == expected


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2\nb: 3\n", "1:4 E120 the list that opens here is not closed"),
        ("a: {b: 1\nc: 3\n", "1:4 E120 the mapping that opens here is not closed"),
        ("a: b: c\n", "1:5 E120 a second ': ' in one line"),
        ("a:\n\tb: 1\n", "2:1 E120 a tab cannot indent"),
        ("a: 'x\n", "1:4 E120 the quote that opens here is not closed"),
        ("a: @x\n", "1:4 E120 a text cannot start with '@'"),
        ("a: %x\n", "1:4 E120 a text cannot start with '%'"),
        ("a:\n  - b\n  c: 1\n", "3:3 E120 the line does not fit the lines above it"),
        ("a: 1\n  b: 2\n", "2:3 E120 the line is indented deeper than the line above it, which has its value already"),
        ('a: "\\q"\n', "E120 no such escape in double quotes"),
        ("a: 1\nb\n", "2:1 E120 a key without ': '"),
        ("%YAML 3.0\n---\na: 1\n", "1:1 E120 the %YAML line asks for a version that is not known"),
    ],
)
def test_broken_grammar_is_told_in_plain_words(text: str, expected: str, loader: object) -> None:
    assert refused(text, loader)[-1].endswith(expected)


@pytest.mark.parametrize("opening", ["[", "{", "- ", "{a: ", "? "])
def test_depth_is_limited_before_it_costs_anything(opening: str) -> None:
    started = time.process_time()
    said = refused(opening * 100_000)
    assert said[-1].endswith(f"E124 nested deeper than {DEPTH_LIMIT} levels")
    assert time.process_time() - started < 1


def test_as_many_levels_as_allowed_are_read() -> None:
    node = composed("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT)
    assert isinstance(node, Sequence)


def test_the_number_of_values_is_limited() -> None:
    said = refused("[" + "1," * (NODE_LIMIT + 10) + "]")
    assert said[-1].split(" ", 1)[1] == f"E128 the file holds more than {NODE_LIMIT:,} values"


def test_all_mistakes_of_form_are_told_in_one_go() -> None:
    assert len(refused("a: &x 1\nb: !t 2\nc: *x\na: 2\n")) == 4


# What people forget most, with what is said: the place of the slip, not that where the parser gave up.
SLIPS = [
    ("cloud:\n  quota:village\n  servers:\n    a: b\n", "2:3 E120 the blank behind quota: is missing"),
    ("cloud:\n  quota village\n  servers:\n    a: b\n", "2:3 E120 the colon behind quota is missing"),
    (
        "cloud:\n  # note\n  quota village\n\n  # note\n  servers:\n    a: b\n",
        "3:3 E120 the colon behind quota is missing",
    ),
    ("cloud:\n  a: b\n  quota:village\nservices: [x]\n", "3:3 E120 the blank behind quota: is missing"),
    (
        'e:\n  m: { label: "Gemeente }\n  o: { label: "OCMW" }\n',
        "2:15 E120 the quote that opens here is not closed in its",
    ),
    (
        "e:\n  m: { label: 'Gemeente }\n  o: { label: 'OCMW' }\n",
        "2:15 E120 the quote that opens here is not closed in its",
    ),
    ('e:\n  label: "Gemeente\n  o: { label: "OCMW" }\n', "2:10 E120 the quote that opens here is not closed in its"),
    ("a:\n  d: some text\n    goes on\n    x: y\n", "4:5 E120 the line is indented deeper than"),
    ('# don\'t "quote\ne: { label: "it\'s", a: b c: d }\n', "2:27 E120 a second ': ' without a comma"),
    ("s:\n  d: { kind: depot, at: [50.7, 3.3] link: { a: b } }\n", "2:37 E120 a comma is missing before this"),
    ("s:\n  d: { kind: depot,\n    at: [50.7, 3.3]\n    link: x }\n", "4:5 E120 a comma is missing before this"),
    ('s: [a, "b" "c"]\n', "1:12 E120 a comma is missing before this"),
    (
        "s:\n  d: { kind: depot, link: { a: b }\n  r: { kind: x }\n",
        "2:6 E120 the mapping that opens here is not closed",
    ),
    ("s: { d: { kind: depot }\n  r: { kind: x }\n", "1:4 E120 the mapping that opens here is not closed"),
    ("s:\n  d: { at: 1 } }\n  e: 1\n", "2:16 E120 this } closes nothing"),
    ("f:\n  z: { from: a, to: *:servers, p: x }\n", "2:21 E120 a text cannot start with '*'"),
    ("a: Raamcontract: werkplek\nb: c\n", "1:16 E120 a second ': ' in one line"),
    ("cloud:\n  quota: village\n   servers:\n    a: b\n", "3:4 E120 the line is indented deeper than the line above"),
    ('a: "a text over\n  two lines"\nb: { c: d\ne: f\n', "3:4 E120 the mapping that opens here is not closed"),
]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "expected"), SLIPS)
def test_a_common_slip_is_told_where_it_was_made(text: str, expected: str, loader: object) -> None:
    (one,) = refused(text, loader)
    assert one.startswith(expected)


@pytest.mark.parametrize("piece", ['a"', "'a ", ' "', "a: ", " {", ": ", "\\", '"" '])
def test_a_long_broken_line_takes_no_long_time(piece: str) -> None:
    start = time.monotonic()
    refused("a: { b: " + piece * 200_000 + "\nb: c }: {\n")
    assert time.monotonic() - start < 20
