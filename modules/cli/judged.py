"""What the verbs share that judge a plan by the policies: evaluate, tell, and the form for JSON."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.day import as_of
from virgem.modules.cli.estate import shown_folder
from virgem.modules.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from virgem.modules.cloud.model import CloudPlan
    from virgem.modules.cloud.preview import Preview
    from virgem.modules.estate.loader import SourceFiles
    from virgem.modules.governance.judging import Verdict
    from virgem.modules.planning import Ready


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts on a plan, with the text of its estate."""

    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]
    sources: SourceFiles
    folder: str

    @property
    def errors(self) -> int:
        """How many findings stop what would be applied."""
        from virgem.modules.governance.judging import errors

        return errors(self.verdicts)


def judged(args: argparse.Namespace, ready: Ready, cloud: CloudPlan, preview: Preview) -> Judged:
    """Return what the policies say of a plan."""
    from virgem.modules.governance import judging
    from virgem.modules.governance.planned import Planned

    planned = Planned(estate=ready.estate, network=ready.plan, cloud=cloud, preview=preview)
    verdicts = judging.judge(planned, as_of(args))
    return Judged(verdicts, judging.problems(verdicts), ready.sources, shown_folder(ready.folder))


def of_estate(args: argparse.Namespace, ready: Ready, tenants: Sequence[str] | None, folder: Path) -> Judged:
    """Return what the policies say of all that the programs of these tenants declare, of all for none.

    A stack that the saved plan in the folder of results has, unchanged, is taken from there.
    """
    from virgem.modules.cloud import previewing, saved
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.modules.cloud.preview import parsed
    from virgem.stacks.program import run

    cloud = cloud_plan(ready.estate, ready.plan)
    names = previewing.chosen(cloud, tenants)
    old = parsed(saved.read(folder), cloud.estate)
    return judged(args, ready, cloud, previewing.run(cloud, names, run, old=old))


def tell(found: Judged, out: Console) -> None:
    """Say what is open and what is waived; nothing when all policies are kept."""
    from virgem.modules.estate import problem_formats
    from virgem.modules.governance.judging import waived_lines

    if found.problems:
        out.note(problem_formats.render("text", found, colour=out.colour, folder=found.folder))
    for line in waived_lines(found.verdicts):
        out.note(line)


def refusal(found: Judged) -> tuple[str, str]:
    """Return why nothing is applied, and the way out."""
    broken = sorted({problem.code for problem in found.problems if problem.severity == "error"})
    return (
        f"the plan breaks {counted(len(broken), 'policy', 'policies')} ({', '.join(broken)}): nothing was applied",
        "mend what is named above, or accept it for a while with a waiver of that rule and target",
    )


def as_data(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return the verdict of every policy for a JSON document."""
    return [
        {
            "id": verdict.policy.id,
            "title": {"en": verdict.policy.rule.title, "nl": verdict.policy.rule.nl},
            "severity": verdict.policy.severity.value,
            "controls": list(verdict.policy.rule.controls),
            "verdict": verdict.outcome.value,
            "open": [{"urn": found.urn, "target": found.target, "message": found.says.en} for found in verdict.open],
            "waived": [
                {
                    "urn": found.urn,
                    "target": found.target,
                    "message": found.says.en,
                    "waiver": str(waiver.id),
                    "owner": str(waiver.owner),
                    "expires": str(waiver.expires),
                    "reason": str(waiver.reason),
                }
                for found, waiver in verdict.waived
            ],
        }
        for verdict in verdicts
    ]
