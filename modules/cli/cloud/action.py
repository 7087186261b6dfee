"""What an action of `virgem cloud` is, and what it works with on the real engine."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from virgem.modules.changes import Changes
from virgem.modules.cli.changes import face
from virgem.modules.cli.console import Console
from virgem.modules.cli.judged import Judged
from virgem.modules.cli.judged import as_data as policies_data
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.cloud.applying import Site
    from virgem.modules.planning import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was asked, of which estate, and the stacks that it is about at the place where they are applied."""

    args: argparse.Namespace
    out: Console
    ready: Ready
    site: Site
    names: tuple[str, ...]

    @property
    def tenants(self) -> list[str]:
        """The tenants that the stacks are of: NIS codes, or `shared`."""
        of = self.site.cloud.tenant_of
        return sorted({of[name] for name in self.names if name in of})

    def show(self, changes: Changes) -> None:
        """Print changes in the form that was asked for."""
        self.out.say(face(self.args.diff, changes, "CloudChanges", "Cloud plan"))

    def tell(self, changes: Changes, verdict: Judged | None = None) -> None:
        """Give changes to machines, with what the policies say."""
        from virgem.modules.changes.faces import as_data

        policies = {"policies": policies_data(verdict.verdicts)} if verdict else {}
        self.out.document("CloudPreviewResult", {**as_data(changes), **policies})

    def agree(self, question: str) -> None:
        """Go on when somebody agrees; raises UserError."""
        if not self.out.yes and not self.out.confirm(question, "yes"):
            raise UserError("nothing was changed: nobody agreed", "answer yes, or give --yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action; its own options are refused by all others."""

    name: str
    help: str
    run: Callable[[Work], int]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # The state is written, or read while nobody writes it: one at a time.
    alone: bool = True
