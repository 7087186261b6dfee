"""virgem policy: the policies, and what they say of all that the estate's cloud would be told."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from virgem.modules import files
from virgem.modules.cli.console import Console, document
from virgem.modules.cli.estate import add_estate, output_file, prepared_estate
from virgem.modules.cli.judged import Judged, as_data, of_estate
from virgem.modules.cli.validate import FORMATS
from virgem.modules.cli.verb import DONE, FAILED, Verb

if TYPE_CHECKING:
    from virgem.modules.governance.judging import Verdict
    from virgem.modules.governance.policy import Policy


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    parser.add_argument("--list", action="store_true", help="only list the policies; no estate is needed")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", help="only these municipalities, or `shared`")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the findings (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")


def _run(args: argparse.Namespace, out: Console) -> int:
    name = "json" if out.json else args.format
    if args.list:
        return _list(name, out)
    found = _evaluated(args, out)
    file = output_file(args.output) if args.output else None
    text = _text(name, found, colour=out.colour and not file)
    if file:
        files.write_atomic(file, text.encode())
        out.note(f"wrote {file}")
    else:
        print(text, end="" if text.endswith("\n") else "\n")
    return FAILED if found.errors else DONE


def _list(name: str, out: Console) -> int:
    from virgem.modules.governance.judging import Verdict
    from virgem.modules.governance.policies import policies

    if name == "json":
        wanted = ("id", "title", "severity", "controls")
        every = as_data([Verdict(policy=policy) for policy in policies().values()])
        print(document("Policies", {"policies": [{key: one[key] for key in wanted} for one in every]}))
        return DONE
    out.say("\n".join(_lines(tuple(policies().values()))))
    return DONE


def _lines(policies: Sequence[Policy]) -> Iterator[str]:
    wide = max(len(policy.id) for policy in policies)
    for policy in policies:
        yield f"{policy.id.ljust(wide)}  {policy.severity.value.ljust(7)}  {policy.rule.title}"
        yield f"{' ' * wide}           {', '.join(policy.rule.controls)}"


def _evaluated(args: argparse.Namespace, out: Console) -> Judged:
    from virgem.modules.planning import default_output

    ready = prepared_estate(args, out)
    return of_estate(args, ready, args.tenant, default_output(ready.estate))


def _text(name: str, found: Judged, *, colour: bool) -> str:
    from virgem.modules.estate import problem_formats
    from virgem.modules.governance.judging import rules, waived_lines

    if name == "json":
        items = problem_formats.as_data(found, found.folder)
        return document("PolicyReport", {"policies": as_data(found.verdicts), **items})
    text = problem_formats.render(name, found, colour=colour, folder=found.folder, known=rules())
    if name != "text":
        return text
    shown = text if found.problems else ""
    return "\n".join([*filter(None, [shown]), *waived_lines(found.verdicts), *_table(found.verdicts)])


def _table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each policy: what came of it and how often."""
    wide = max(len(verdict.policy.id) for verdict in verdicts)
    for verdict in verdicts:
        numbers = [f"{len(verdict.open)} open"] if verdict.open else []
        numbers += [f"{len(verdict.waived)} waived"] if verdict.waived else []
        outcome = ", ".join(numbers) or verdict.outcome.value
        yield f"{verdict.policy.id.ljust(wide)}  {verdict.policy.severity.value.ljust(7)}  {outcome}"


VERB = Verb(
    name="policy",
    help="judge what an estate's cloud would be told by the policies; errors stop `cloud up`",
    arguments=_arguments,
    run=_run,
    example="virgem policy inventories/middenkust --format sarif -o policies.sarif",
)
