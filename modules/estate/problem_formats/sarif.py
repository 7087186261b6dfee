"""Problems as SARIF 2.1.0 (OASIS), for code scanning and editors.

Rule ids are the problem codes. Paths are relative to the estate. A fingerprint is made of code, file, message and
source line without their line numbers, so it stays when lines are put in or taken out above.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from virgem.modules.codes import rules
from virgem.modules.estate.problem_formats.shown import Lines, ordered, snippet, visible
from virgem.modules.problem import Mark, Problem, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "ESTATE"


def sarif(problems: Iterable[Problem], sources: Lines) -> str:
    """Return a SARIF log with one run: every registered rule, one result per problem."""
    found = ordered(problems)
    run = {
        "tool": {"driver": {"name": "virgem", "rules": [_rule(rule) for rule in rules().values()]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The folder of the estate."}}},
        "results": _results(found, sources),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    help_text = f"{rule.explanation} {rule.wayout}".strip()
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation or rule.title},
        "help": {"text": help_text or rule.title},
        "defaultConfiguration": {"level": _level(rule.code)},
        "properties": {"tags": list(rule.controls)},
    }


def _level(code: str) -> str:
    return "warning" if code.startswith("W") else "error"


def _results(found: tuple[Problem, ...], sources: Lines) -> list[dict[str, Any]]:
    index = {code: number for number, code in enumerate(rules())}
    seen: Counter[str] = Counter()
    results = []
    for problem in found:
        print_ = _fingerprint(problem, sources)
        seen[print_] += 1
        results.append(_result(problem, sources, index, f"{print_}:{seen[print_]}"))
    return results


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
    """Return a relative URI reference (RFC 3986); the estate as a whole is its estate.yaml."""
    # Bytes of a name that are no UTF-8 come back as they were (PEP 383); other halves of pairs stand for no byte.
    known = re.sub(r"[\ud800-\udc7f\udd00-\udfff]", "?", file or "estate.yaml")
    path = quote(known.encode("utf-8", "surrogateescape"), safe="/-._~")
    return f"./{path}" if ":" in path.partition("/")[0] else path


def _fingerprint(problem: Problem, sources: Lines) -> str:
    message = re.sub(r"\bline \d+|:\d+:\d+", "line", problem.message)
    parts = (problem.code, problem.mark.file, message, snippet(sources, problem.mark).strip())
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
