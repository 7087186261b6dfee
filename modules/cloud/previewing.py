"""The preview of an estate's cloud: run every program on the embedded engine and compare with the last saved plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from virgem.modules.cloud.changes import PROTECTED_TYPES, CloudChanges, diff
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.preview import Preview, dump, merged, parse
from virgem.modules.estate.model import Estate
from virgem.modules.governance.guard import GuardFinding, check_guard
from virgem.modules.problem import UserError
from virgem.network.model import NetworkPlan

# Runs the program of one stack of the plan: `virgem.stacks.program.run`.
Program = Callable[[CloudPlan, str], None]

SAVED = "cloud/plan.json"  # under the folder of results


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A preview, what differs from the saved one, and the bytes to save in its place."""

    preview: Preview
    changes: CloudChanges
    document: bytes

    def guard(self, confirmed: int | None = None) -> GuardFinding | None:
        """Return why the changes must be confirmed by the number of deletions, or None."""
        return check_guard(self.changes.before, self.changes.deleted(), PROTECTED_TYPES, confirmed)


def preview(
    estate: Estate,
    plan: NetworkPlan,
    saved: bytes | None,
    tenants: tuple[str, ...] | None = None,
    *,
    program: Program,
    progress: Callable[[str, int, int], None] = lambda stack, done, total: None,
) -> PreviewResult:
    """Run the programs of all stacks, or of some tenants (NIS codes or `shared`), and compare with the saved preview.

    `saved` are the bytes of `SAVED`, None when there are none. Raises UserError: saved plan of another estate, unknown
    tenant, a program that fails (with its stack).
    """
    cloud = cloud_plan(estate, plan)
    old = parse(saved, estate.name) if saved is not None else None
    names = chosen(cloud, tenants)
    new = run(cloud, names, program, progress)
    compared = merged(new, old) if tenants else new
    return PreviewResult(preview=new, changes=diff(compared, old), document=dump(compared))


def chosen(cloud: CloudPlan, tenants: Iterable[str] | None) -> tuple[str, ...]:
    """Return the stacks of these tenants, all when there are none; raises UserError for a tenant without a stack."""
    wanted = set(tenants or ())
    unknown = sorted(wanted - set(cloud.tenant_of.values()))
    if unknown:
        hint = f"tenants with a share of the cloud: {', '.join(sorted(set(cloud.tenant_of.values())))}"
        raise UserError(f"no share of the cloud has {', '.join(unknown)}", hint)
    return tuple(stack for stack in cloud.stacks if not wanted or cloud.tenant_of[stack] in wanted)


def run(cloud: CloudPlan, names: Iterable[str], program: Program, progress: Callable[[str, int, int], None]) -> Preview:
    """Run the programs of these stacks one after another on the embedded engine."""
    # Imported here: the Pulumi SDK takes most of a second, which no other verb should pay.
    from virgem.modules.cloud.engine.embedded import preview_stack

    stacks = tuple(names)
    found = []
    for done, name in enumerate(stacks):
        progress(name, done, len(stacks))
        found.append(preview_stack(name, partial(program, cloud, name)))
    ordered = tuple(sorted(found, key=lambda stack: stack.name))
    return Preview(estate=cloud.estate, stacks=ordered, tenant_of={name: cloud.tenant_of[name] for name in stacks})
