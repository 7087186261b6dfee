"""Problems as SARIF 2.1.0 (OASIS), for code scanning and editors.

Rule ids are the problem codes. Paths are relative to the folder the tool was run in, which code scanning takes for the
root of the repository. A fingerprint is made of code, file in the estate, message and source line without their line
numbers, so it stays when lines are put in or taken out above, and wherever the estate lies.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from virgem.modules.codes import rules
from virgem.modules.estate.problem_formats.shown import Lines, below, ordered, snippet, visible
from virgem.modules.problem import Mark, Problem, Rule, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# The name that consumers know for the root of the sources; where it lies they know best, so no URI is given.
BASE = "%SRCROOT%"
# Rules by the code of their problems, each with the severity of those.
Known = Mapping[str, tuple[Rule, Severity]]


def sarif(problems: Iterable[Problem], sources: Lines, folder: str = "", known: Known | None = None) -> str:
    """Return a SARIF log with one run: every registered rule, one result per problem.

    `folder` is the path of the estate that the paths of the problems begin with, `known` the rules where they are not
    the problem codes.
    """
    found, known = ordered(problems), _codes() if known is None else known
    run = {
        "tool": {"driver": {"name": "virgem", "rules": [_rule(*rule) for rule in known.values()]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            BASE: {"description": {"text": "The folder that virgem was run in, or the estate where it lies elsewhere."}}
        },
        "results": _results(found, sources, folder, known),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _codes() -> Known:
    return {
        code: (rule, Severity.WARNING if code.startswith("W") else Severity.ERROR) for code, rule in rules().items()
    }


def _rule(rule: Rule, severity: Severity) -> dict[str, Any]:
    help_text = f"{rule.explanation} {rule.wayout}".strip()
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation or rule.title},
        "help": {"text": help_text or rule.title},
        "defaultConfiguration": {"level": severity.value},
        "properties": {"tags": list(rule.controls)},
    }


def _results(found: tuple[Problem, ...], sources: Lines, folder: str, known: Known) -> list[dict[str, Any]]:
    index = {code: number for number, code in enumerate(known)}
    seen: Counter[str] = Counter()
    results = []
    for problem in found:
        print_ = _fingerprint(problem, sources, folder)
        seen[print_] += 1
        results.append(_result(_at_a_file(problem, folder), sources, index, f"{print_}:{seen[print_]}"))
    return results


def _at_a_file(problem: Problem, folder: str) -> Problem:
    """Return the problem with a place that can be shown: that of the estate as a whole is its estate.yaml."""
    if problem.mark.file:
        return problem
    return replace(problem, mark=replace(problem.mark, file="/".join(filter(None, (folder, "estate.yaml")))))


def _result(problem: Problem, sources: Lines, index: dict[str, int], fingerprint: str) -> dict[str, Any]:
    hint = f". Hint: {problem.hint}" if problem.hint else ""
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": index.get(problem.code, -1),
        "level": problem.severity.value,
        "message": {"text": visible(problem.message + hint)},
        "locations": [_location(problem.mark, sources)],
        "partialFingerprints": {"virgemProblem/v1": fingerprint},
    }
    if problem.related:
        result["relatedLocations"] = [_location(mark, sources) for mark in problem.related]
    return result


def _location(mark: Mark, sources: Lines) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(mark.file), "uriBaseId": BASE}}
    if mark.line:
        physical["region"] = {"startLine": mark.line, "startColumn": max(1, mark.column)}
        line = snippet(sources, mark)
        if line:
            physical["region"]["snippet"] = {"text": visible(line)}
    return {"physicalLocation": physical}


def _uri(file: str) -> str:
    """Return a relative URI reference (RFC 3986)."""
    # Bytes of a name that are no UTF-8 come back as they were (PEP 383); other halves of pairs stand for no byte.
    known = re.sub(r"[\ud800-\udc7f\udd00-\udfff]", "?", file)
    path = quote(known.encode("utf-8", "surrogateescape"), safe="/-._~")
    return f"./{path}" if ":" in path.partition("/")[0] else path


def _fingerprint(problem: Problem, sources: Lines, folder: str) -> str:
    message = re.sub(r"\bline \d+|:\d+:\d+", "line", problem.message)
    parts = (problem.code, below(folder, problem.mark.file), message, snippet(sources, problem.mark).strip())
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
