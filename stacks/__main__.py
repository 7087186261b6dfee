"""The entry of `pulumi preview|up`: reads the estate and runs the program of the stack that is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pulumi

from virgem.modules import planning
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.problem import ProblemsFound, UserError
from virgem.network.model import SHARED
from virgem.stacks.program import run

ROOT = Path(__file__).resolve().parent.parent
ESTATE = "inventories/zuid-west-vlaanderen"


def stack_name(kind: str, tenant: str, given: str) -> str:
    """Return which stack of the plan to run: from the configuration, else by the Pulumi stack's own name."""
    if not kind:
        return given
    return f"{kind}-{tenant}" if tenant else kind


def planned(folder: Path) -> CloudPlan:
    """Return the cloud plan of an estate; raises UserError or ProblemsFound."""
    prepared = planning.prepare(folder)
    if prepared.estate is None or prepared.plan is None:
        raise ProblemsFound(prepared.problems)
    return cloud_plan(prepared.estate, prepared.plan)


def main() -> None:
    """Declare the resources of the stack to the engine; a mistake in the estate ends the run with its place."""
    if os.environ.get("OS_CLOUD"):
        # The provider would take the project of clouds.yaml for all tenants, whichever it is told to enter.
        raise pulumi.RunError("OS_CLOUD is set: give the access in OS_AUTH_URL, OS_USERNAME and the other variables")
    config = pulumi.Config("virgem")
    folder = ROOT / (config.get("estate") or os.environ.get("VIRGEM_ESTATE") or ESTATE)
    name = stack_name(config.get("kind") or "", config.get("tenant") or "", pulumi.get_stack())
    try:
        run(planned(folder), name)
    except (ProblemsFound, UserError) as error:
        raise pulumi.RunError(f"stack {name or SHARED}: {error}") from error


if __name__ == "__main__":
    main()
