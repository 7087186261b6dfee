"""The pages in docs/ say what the code says."""

from __future__ import annotations

import pytest
from support import ROOT

from virgem.modules import reference


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_page_is_as_the_code_makes_it(name: str) -> None:
    made = reference.pages()[name]
    assert (ROOT / "docs" / name).read_text() == made, "run: python -m virgem.modules.reference"
