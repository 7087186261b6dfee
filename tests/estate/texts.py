"""Estates written in a few lines, for tests: bytes by path, loaded without a disk."""

from __future__ import annotations

from virgem.modules.estate.loader import Loaded, SourceFiles, load
from virgem.modules.estate.model import Estate
from virgem.modules.problem import Problem

# The example of README and design: twelve lines make something useful.
OPERATOR = """\
apiVersion: virgem/v1
name: zuid-west-vlaanderen
operator: { name: Leiedal }
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis, public: 192.0.2.1 }
  east: { at: waregem/stadhuis, public: 198.51.100.1 }
"""
KORTRIJK = """\
municipality: 34022
sites:
  stadhuis: { kind: town-hall, at: [50.8279, 3.2645], class: 3 }
  bib:      { kind: library,   at: [50.8262, 3.2660], link: fibre }
  depot:    { kind: depot,     at: [50.8121, 3.2911], link: { operator-vpn: 200M, backup: 4g } }
cloud: { quota: large }
services: [dns, files, backup]
"""
WAREGEM = """\
municipality: 34040
sites:
  stadhuis: town-hall
"""
KORTRIJK_FILE = "municipalities/34022-kortrijk.yaml"
WAREGEM_FILE = "municipalities/34040-waregem.yaml"


def loaded(operator: str = "", kortrijk: str = "", **more: str | bytes) -> Loaded:
    """Load the example with lines added to its files; `more` are other files by path, "/" written "__"."""
    texts: dict[str, str | bytes] = {
        "estate.yaml": OPERATOR + operator,
        KORTRIJK_FILE: KORTRIJK + kortrijk,
        WAREGEM_FILE: WAREGEM,
        **{path.replace("__", "/"): text for path, text in more.items()},
    }
    return load_texts(texts)


def load_texts(texts: dict[str, str | bytes]) -> Loaded:
    """Load an estate from its files' texts."""
    files = {path: text.encode() if isinstance(text, str) else text for path, text in sorted(texts.items())}
    return load(SourceFiles(files))


def good(result: Loaded) -> Estate:
    """The estate, which must be there without a problem."""
    assert [said(problem) for problem in result.problems] == []
    assert result.estate is not None
    return result.estate


def said(problem: Problem) -> str:
    """A problem on one line."""
    return f"{problem.mark} {problem.code} {problem.message}" + (f" | {problem.hint}" if problem.hint else "")


def all_said(result: Loaded) -> list[str]:
    """Every problem on a line of its own."""
    return [said(problem) for problem in result.problems]
