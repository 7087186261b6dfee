"""What virgem and OpenTofu cost side by side: the same objects, the same provider, the same control plane, one run.

OpenTofu has one configuration and one state for the whole region, and as many operations at a time as virgem in all.
Each of the two begins with an empty cloud.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measuring import VIRGEM
from regions import from_files, planned
from support import ROOT

from live.openstack import growing, terraform
from live.openstack.tofu import Tofu
from virgem.modules.cloud import applying
from virgem.modules.cloud.engine import running
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan

AT_ONCE = f"-parallelism={applying.AT_ONCE * running.AT_ONCE}"
_CHANGES = (0, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a command and all that it started used: seconds of processor, and seconds by the clock."""

    processor: float
    clock: float
    told: str = field(repr=False, default="")

    def __str__(self) -> str:
        return f"{self.processor:.1f} s of processor, {self.clock:.1f} s"


def spent(command: Sequence[str | Path], variables: Mapping[str, str], codes: Sequence[int] = (0,)) -> Spent:
    """Run a command to its end; its exit code must be one of these."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.monotonic()
        environment = {**os.environ, **variables}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        clock = time.monotonic() - began
        output.seek(0)
        told = output.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in codes, told[-3000:]
    return Spent(processor=used.ru_utime + used.ru_stime, clock=clock, told=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of so many towns, as files and as OpenTofu has it, and the variables with which both reach the cloud."""

    towns: int
    servers: int
    folder: Path
    variables: Mapping[str, str]
    tofu: Tofu
    provider: Path  # that of Pulumi, which knows both languages

    def write(self, *, changed: bool = False) -> int:
        """Write both forms; return how many objects they declare."""
        texts = growing.texts(self.towns, servers=self.servers, changed=changed)
        growing.write(self.folder / "estate", texts)
        made = terraform.configuration(plan_of(texts), self.provider)
        self.tofu.write(made.document())
        return made.count

    def virgem(self, action: str, *words: str) -> Spent:
        """Run `virgem cloud` on it."""
        where = ("-o", str(self.folder / "results"), "--state", str(self.folder / "state"))
        command = [*VIRGEM, "cloud", action, str(self.folder / "estate"), *where, *words]
        return spent(command, self.variables, _CHANGES)

    def opentofu(self, *words: str) -> Spent:
        """Run `tofu` on it."""
        more = ("-detailed-exitcode",) if words[0] == "plan" else ("-auto-approve",)
        command = self.tofu.command(*words, "-input=false", AT_ONCE, *more)
        return spent(command, self.tofu.variables, _CHANGES)


def plan_of(texts: Mapping[str, str]) -> CloudPlan:
    """Return the cloud plan of an estate's files."""
    estate = from_files({name: text.encode() for name, text in texts.items()})
    return cloud_plan(estate, planned(estate)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What each step cost, by its name."""

    towns: int
    objects: int
    virgem: Mapping[str, Spent]
    opentofu: Mapping[str, Spent]


def measured(region: Region, reset: Callable[[], object], say: Callable[[str], None]) -> Measured:
    """Measure all steps of both, one after the other; the cloud is emptied before each begins and at the end."""
    objects = region.write()
    say(f"{region.towns} towns, {objects} objects")
    reset()
    ours = dict(_ours(region, say))
    reset()
    region.write()
    theirs = dict(_theirs(region, say))
    reset()
    return Measured(towns=region.towns, objects=objects, virgem=ours, opentofu=theirs)


def _ours(region: Region, say: Callable[[str], None]) -> list[tuple[str, Spent]]:
    found = list[tuple[str, Spent]]()

    def note(step: str, action: str, *words: str) -> Spent:
        used = region.virgem(action, *words)
        found.append((step, used))
        say(f"  virgem, {step}: {used}")
        return used

    note("first preview", "preview")
    note("first preview, engine", "preview", "--engine", "pulumi")
    note("first up", "up", "--yes")
    note("no-op preview", "preview", "--engine", "pulumi")
    note("no-op preview, every", "preview", "--engine", "pulumi", "--every")
    note("drift", "drift")
    region.write(changed=True)
    note("one change", "preview", "--engine", "pulumi")
    return found


def _theirs(region: Region, say: Callable[[str], None]) -> list[tuple[str, Spent]]:
    found = list[tuple[str, Spent]]()

    def note(step: str, *words: str) -> Spent:
        used = region.opentofu(*words)
        found.append((step, used))
        say(f"  OpenTofu, {step}: {used}; {summary(used.told)}")
        return used

    note("first preview", "plan")
    note("first up", "apply")
    note("no-op preview", "plan", "-refresh=false")
    note("no-op preview, refreshed", "plan")
    region.write(changed=True)
    note("one change", "plan", "-refresh=false")
    note("one change, refreshed", "plan")
    return found


def summary(told: str) -> str:
    """Return what OpenTofu says it would do or did."""
    found = re.findall(r"^(?:Plan: .*|Apply complete! .*|No changes\..*)$", told, re.MULTILINE)
    return str(found[-1]) if found else ""


# What is to be faster than what, as docs/speed.md promises.
FASTER = (
    ("first preview", "first preview"),
    ("no-op preview", "no-op preview"),
    ("one change", "one change"),
)
_ROWS = (
    ("first preview", "first preview"),
    ("first preview, engine", "first preview"),
    ("first up", "first up"),
    ("no-op preview", "no-op preview"),
    ("no-op preview", "no-op preview, refreshed"),
    ("no-op preview, every", "no-op preview"),
    ("drift", "no-op preview, refreshed"),
    ("one change", "one change"),
    ("one change", "one change, refreshed"),
)


def table(found: Measured) -> list[str]:
    """Return what each step cost, and virgem's part of what OpenTofu's cost."""
    lines = [f"{found.towns} towns, {found.objects} objects: seconds of processor, by the clock; virgem to OpenTofu"]
    for step, other in _ROWS:
        ours, theirs = found.virgem[step], found.opentofu[other]
        seconds = f"{ours.processor:7.1f} {ours.clock:7.1f} | {theirs.processor:7.1f} {theirs.clock:7.1f}"
        ratios = f"{ours.processor / theirs.processor:5.2f} {ours.clock / theirs.clock:5.2f}"
        lines.append(f"{step:22} / {other:25} {seconds} | {ratios}")
    return lines
