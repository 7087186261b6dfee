"""What the components share: child options and values that are known only after an apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

# A closed message, not a default: what another stack has not made yet cannot be guessed.
_MISSING = "it is not there yet: apply that stack first"


def child_of(parent: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
    """Return the options of a resource within a component."""
    return pulumi.ResourceOptions(parent=parent, **more)


def pick(values: Mapping[str, Any] | None, *path: str) -> Any:
    """Return one value of nested outputs; in a preview what is missing is unknown, else it is an error."""
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if found is not None:
        return found
    if pulumi.runtime.is_dry_run():
        return pulumi.output.UNKNOWN
    raise pulumi.RunError(f"{'.'.join(path)}: {_MISSING}")


class Stack:
    """The outputs of another stack of the estate, by name."""

    def __init__(self, name: str) -> None:
        full = f"{pulumi.get_organization()}/{pulumi.get_project()}/{name}"
        self._outputs = pulumi.StackReference(name, stack_name=full).outputs

    def output(self, *path: str) -> pulumi.Output[str]:
        """Return one output; unknown in a preview as long as that stack was never applied.

        One secret among them makes all of them secret: what is taken of another stack is none.
        """
        found: pulumi.Output[str] = self._outputs.apply(lambda values: pick(values, *path))
        return pulumi.Output.unsecret(found)


def look_up(function: str, arguments: Mapping[str, Any], *path: str) -> pulumi.Output[str]:
    """Ask the provider for one value of something that the control plane has by itself."""
    answer = pulumi.runtime.invoke_output(function, dict(arguments))
    found: pulumi.Output[str] = answer.apply(lambda values: pick(values, *path))
    return found
