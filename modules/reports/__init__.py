"""What auditors, boards and crews read: tables, pages and pictures made from values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virgem.modules.files import Written
    from virgem.modules.governance.judging import Verdict
    from virgem.modules.planning import Ready

FORMATS = ("html", "csv", "json")
LANGUAGES = ("nl", "en")


def inventory_report(
    ready: Ready,
    *,
    as_of: datetime.date,
    formats: Sequence[str] = FORMATS,
    languages: Sequence[str] = LANGUAGES,
    tenants: Sequence[str] = (),
    verdicts: Sequence[Verdict] | None = None,
) -> Mapping[str, bytes]:
    """Return the inventory's files by relative path; pure: the same estate and day give the same bytes.

    `formats` are among FORMATS, `languages` among LANGUAGES, `tenants` are NIS codes (none: all municipalities),
    `verdicts` what the policies say of what is planned (None: not evaluated).
    """
    from virgem.modules.reports import inventory, table

    judged = None if verdicts is None else tuple(verdicts)
    facts = table.Facts(ready=ready, as_of=as_of, tenants=frozenset(tenants), verdicts=judged)
    return inventory.files(facts, tuple(formats), tuple(languages))


def write(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Make the folder hold exactly these files."""
    from virgem.modules.files import write_tree

    return write_tree(folder, files)
