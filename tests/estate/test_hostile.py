"""Whatever stands in the files, loading ends with an estate or with located problems: never a traceback, never late."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from virgem.modules.codes import rules
from virgem.modules.estate.loader import Loaded
from virgem.modules.planning import prepare

from .texts import KORTRIJK, KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE, load_texts

RICH = (
    OPERATOR
    + """\
quotas: { tiny: { instances: 1, cores: 1, ram-gb: 1, volumes: 1, storage-gb: 1 } }
services: { files: { servers: 2, datacentre: west }, dns: }
upstreams: { internet: , flemish: { at: [west], asn: 64512, prefixes: [192.0.2.0/24] } }
flows: { f: { from: 'kortrijk:administration', to: 'upstream:flemish', ports: [443, 8000-8080], purpose: Test } }
backbone: { b: { between: [kortrijk/stadhuis, waregem/stadhuis], over: s } }
fibre:
  pops: { a: { at: kortrijk/stadhuis }, b: { place: [50.88, 3.42] } }
  ducts: { d: { ends: [a, b], length: 9.5, via: [[50.85, 3.3]] } }
  cables: { c: { ducts: d, fibre: G.657.A1 } }
  spans: { s: { cable: c, ends: [a, b], length: 10 } }
profiles: { laptop: { kind: laptop } }
contracts:
  pc:
    authority: Leiedal
    supplier: Example
    start: 2026-01-01
    end: 2029-12-31
    ceiling: 100000.50
    items: { laptop-14: { profile: laptop, model: Example 14, price: 800 } }
owners: { boss: Baas, clerk: { body: kortrijk } }
risks: { r: { label: Fire, likelihood: 2, impact: 5, owner: boss, controls: [PR.IR-01.1] } }
waivers: { w: { rule: W702, reason: Known, owner: boss, expires: 2027-01-01 } }
"""
)
TOWN = (
    KORTRIJK
    + """\
entities: { stad: municipality, bieb: { kind: library } }
orders: { o: { contract: pc, date: 2026-02-03, status: decided, lines: [{ item: laptop-14, quantity: 2, site: bib }] } }
deliveries: { d: { order: o, date: 2026-03-03, lines: { item: laptop-14, quantity: 2, serials: [A, B] } } }
"""
)
DEVICES = """\
serial,profile,site,zone,item,order
A,laptop,kortrijk/bib,voip,laptop-14,kortrijk/o
B,laptop,waregem/stadhuis,,,
"""
FILES = {"estate.yaml": RICH, KORTRIJK_FILE: TOWN, WAREGEM_FILE: WAREGEM, "devices/all.csv": DEVICES}
SNIPPETS = [
    *("&a ", "*a", "<<: ", "!!python/name:os.system ", "!x ", "---\n", "...\n", "- ", "? ", ": ", ", "),
    *("[", "]", "{", "}", "'", '"', "|", ">", "#", "%", "@", "`", "\t", "\r\n", "\x00", "\x85", "\u2028"),
    *("\u202e", "\ufeff", "é", "\U0001f600", "~", "null", "true", "-1", "1e999", "0x1f", "9" * 5000),
    *("{{ lookup('pipe','id') }}", "$(id)", "../", "a: " * 70, "[" * 200),
]


def checked(files: dict[str, str | bytes]) -> Loaded:
    """Load, and hold the promise: located problems of registered codes, at places that exist, within a second."""
    started = time.process_time()
    result = load_texts(files)
    assert time.process_time() - started < 5
    for problem in result.problems:
        assert problem.code in rules()
        assert problem.message
        assert problem.message.isprintable(), problem
        assert problem.hint.isprintable(), problem
        assert problem.mark.file in files
        if problem.mark.line:
            assert problem.mark.line <= result.sources.files[problem.mark.file].count(b"\n") + 1, problem
            assert problem.mark.column >= 1, problem
    assert result.estate is not None or result.problems
    return result


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, str | bytes]:
    """The files of a good estate, one of them changed: cut, doubled, swapped, spliced, indented, retyped."""
    name = draw(st.sampled_from(sorted(FILES)))
    text = FILES[name]
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        lines = text.split("\n")
        line, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "double", "swap", "splice", "indent", "line", "word", "truncate"])):
            case "delete":
                text = text[:at] + text[min(to, at + 12) :]
            case "double":
                text = text[:to] + text[at:to] + text[to:]
            case "swap":
                lines[line], lines[other] = lines[other], lines[line]
                text = "\n".join(lines)
            case "splice":
                text = text[:at] + draw(st.sampled_from(SNIPPETS)) + text[at:]
            case "indent":
                lines[line] = " " * draw(st.integers(0, 9)) + lines[line].lstrip()
                text = "\n".join(lines)
            case "line":
                del lines[line]
                text = "\n".join(lines)
            case "word":
                words = text.split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(
                    st.sampled_from([*SNIPPETS, "kortrijk", "1", "[]", "{}"])
                )
                text = " ".join(words)
            case _:
                text = text[:at]
        text = text[:20_000]
    return {**FILES, name: text}


def test_the_estate_that_is_changed_is_good() -> None:
    assert checked(dict(FILES)).problems == ()


@settings(max_examples=150)
@given(mutated())
def test_a_changed_text_is_an_estate_or_a_list_of_problems(files: dict[str, str | bytes]) -> None:
    checked(files)


@pytest.mark.slow
@settings(max_examples=2_000)
@given(mutated())
def test_thousands_of_changed_texts_are_estates_or_lists_of_problems(files: dict[str, str | bytes]) -> None:
    checked(files)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_what_can_be_read_of_a_changed_text_is_planned_without_a_traceback(files: dict[str, str | bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        prepared = prepare(Path(folder))
    assert (prepared.plan is None) == (prepared.errors > 0)


@settings(max_examples=100)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300))
def test_bytes_are_an_estate_or_a_list_of_problems(name: str, data: bytes) -> None:
    checked({**FILES, name: data})


@settings(max_examples=100)
@given(st.sampled_from(sorted(FILES)), st.text(st.sampled_from(" \n:-[]{}'\"abc,&*!?#|>%@~<1"), max_size=80))
def test_signs_are_an_estate_or_a_list_of_problems(name: str, text: str) -> None:
    checked({**FILES, name: text})


def bomb(levels: int, opening: str = "[", closing: str = "]") -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} {opening}{', '.join([f'*a{n - 1}'] * 9)}{closing}" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


BOMBS = {
    "aliases": (bomb(12), "E121"),
    "merges": ("\n".join(f"m{n}: &m{n} {{ <<: [{', '.join([f'*m{n - 1}'] * 9)}] }}" for n in range(1, 9)), "E122"),
    "a list in itself": ("a: &a [*a]\n", "E121"),
    "depth of lists": ("[" * 5_000, "E124"),
    "depth of mappings": ("{a: " * 5_000, "E124"),
    "depth of lines": ("".join(" " * n + "a:\n" for n in range(2_000)), "E124"),
    "a number of 5,000 digits": (OPERATOR + f"rings: {{ r: {{ share: {'9' * 5_000} }} }}\n", "E206"),
    "a key of a megabyte": (OPERATOR + f"? {'x' * 2**20}\n: 1\n", "E201"),
    "a value of a megabyte": (OPERATOR + f"label: {'x' * 2**20}\n", "E205"),
    "python objects": ("a: !!python/object/apply:os.system ['touch /tmp/virgem-was-here']\n", "E123"),
    "python names": ("!!python/name:os.system\n", "E123"),
    "an unknown tag": ("a: !vault x\n", "E123"),
    "NUL": ("a: \x00\n", "E107"),
    "bidi": ("a: \u202eabc\n", "E107"),
    "line separator": ("a: b\u2028c\n", "E107"),
    "UTF-16": (OPERATOR.encode("utf-16"), "E106"),
    "UTF-32": (OPERATOR.encode("utf-32-le"), "E107"),
    "Latin-1": (OPERATOR.replace("Leiedal", "Café").encode("latin-1"), "E105"),
    "duplicate keys": (OPERATOR + "name: x\n", "E125"),
    "an injection": (OPERATOR + 'label: "leaf1\\nrouter bgp 1"\n', "E205"),
    "a template": (OPERATOR + "label: \"{{ lookup('pipe', 'id') }}\"\n", "E205"),
    "half a million values": ("[" + "1," * 500_001 + "]", "E128"),
    "thousands of keys": ("".join(f"k{n}: [\n]\n" for n in range(20_000)), "E130"),
    "10 MB": ("# " + "x" * 10_000_000 + "\n", "E129"),
}


@pytest.mark.parametrize(("text", "code"), BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_is_refused_at_once(text: str | bytes, code: str) -> None:
    result = checked({**FILES, "estate.yaml": text})
    assert code in [problem.code for problem in result.problems]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
def test_the_worst_bombs_need_little_memory() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from virgem.modules.estate.loader import SourceFiles, load\n"
        "for text in ('[' + '1,' * 3_000_000, '{a: ' * 500_000, 'k: [' + '{}, ' * 1_000_000, 'x' * (8 * 2**20)):\n"
        "    assert load(SourceFiles({'estate.yaml': text.encode()})).problems\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    # Not ru_maxrss: a child inherits the peak of the process that started it.
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, check=True, timeout=120, capture_output=True, text=True)
    assert int(done.stdout) < 500 * 1024  # KiB
