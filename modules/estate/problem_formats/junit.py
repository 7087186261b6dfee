"""Problems as JUnit XML: a suite per file, a failed case per error; warnings pass with their text as output."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from virgem.modules.estate.problem_formats.shown import Lines, counts, ordered, snippet, visible
from virgem.modules.problem import Problem, Severity

# What XML 1.0 (fifth edition, section 2.2) allows; `visible` leaves the private and unassigned ones to this.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(problems: Iterable[Problem], sources: Lines) -> str:
    """Return a well-formed document whatever the texts hold; without problems, one case that passes."""
    found = ordered(problems)
    root = Element("testsuites", {"name": "virgem validate", **_totals(found)})
    for file, group in groupby(found, key=lambda problem: problem.mark.file):
        _suite(root, file, tuple(group), sources)
    if not found:
        suite = SubElement(root, "testsuite", name="estate", tests="1", failures="0")
        SubElement(suite, "testcase", name="no problems", classname="estate")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _totals(found: tuple[Problem, ...]) -> dict[str, str]:
    return {"tests": str(len(found) or 1), "failures": str(counts(found)[0])}


def _suite(root: Element, file: str, found: tuple[Problem, ...], sources: Lines) -> None:
    suite = SubElement(root, "testsuite", {"name": _xml(file) or "estate", **_totals(found)})
    for problem in found:
        name = f"{problem.code} {problem.mark}".strip()
        case = SubElement(suite, "testcase", name=_xml(name), classname=_xml(file) or "estate")
        if problem.mark.line:
            case.set("line", str(problem.mark.line))
        _outcome(case, problem, sources)


def _outcome(case: Element, problem: Problem, sources: Lines) -> None:
    lines = (f"{problem.mark} {problem.code} {problem.message}".strip(), snippet(sources, problem.mark), problem.hint)
    body = "\n".join(_xml(line) for line in lines if line)
    if problem.severity is Severity.ERROR:
        SubElement(case, "failure", message=_xml(problem.message), type=problem.code).text = body
    else:
        SubElement(case, "system-out").text = body


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", visible(text))
