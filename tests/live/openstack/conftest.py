"""The engine that the tests of a real cloud share."""

from __future__ import annotations

import sys

import pytest
from support import in_ci, missing

from virgem.modules.cloud.engine import installing


@pytest.fixture(scope="session")
def engine() -> None:
    """The engine and the provider, in this user's cache; CI installs them as users do, and once."""
    lacking = installing.status().missing
    if any(program.name != "pulumi-language-python" for program in lacking):
        if not in_ci():
            missing("needs the Pulumi engine: virgem engine install")
        installing.install(installing.WAYS, lambda text: print(text, file=sys.stderr))
