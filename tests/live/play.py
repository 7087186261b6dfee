"""Run the project's playbooks against a lab and say what each task did on each host."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .hosts import Lab

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One task on one host: ok, changed, skipped, failed, ignored or unreachable."""

    host: str
    task: str
    outcome: str
    diff: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a playbook."""

    code: int
    output: str
    outcomes: tuple[Outcome, ...]

    def tasks(self, outcome: str) -> list[tuple[str, str]]:
        """Return the (host, task) pairs that ended this way, in order of names."""
        return sorted((one.host, one.task) for one in self.outcomes if one.outcome == outcome)

    def messages(self) -> str:
        """Return what failed tasks said."""
        return "\n".join(one.message for one in self.outcomes if one.outcome == "failed")


def play(lab: Lab, inventory: Path, host: str, *arguments: str, playbook: str = "site.yml") -> Run:
    """Run a playbook for one host from the project root, as `virgem` does, from the lab's management namespace."""
    record = lab.folder / f"record-{host}.jsonl"
    record.unlink(missing_ok=True)
    ansible = str(Path(sys.executable).with_name("ansible-playbook"))
    command = (ansible, "-i", str(inventory), "--limit", host, f"playbooks/{playbook}")
    done = lab.run(*command, *arguments, env=_environment(lab, record), cwd=ROOT)
    lines = record.read_text().splitlines() if record.exists() else []
    outcomes = tuple(Outcome(**json.loads(line)) for line in lines)
    return Run(code=done.returncode, output=done.stdout + done.stderr, outcomes=outcomes)


def play_each(lab: Lab, inventory: Path, *arguments: str) -> dict[str, Run]:
    """Run the site playbook for every host of the lab, side by side: each host has a play of its own anyway."""
    with ThreadPoolExecutor() as pool:
        runs = pool.map(lambda host: play(lab, inventory, host, *arguments), lab.hosts)
        return dict(zip(lab.hosts, runs, strict=True))


def _environment(lab: Lab, record: Path) -> Mapping[str, str]:
    return {
        "ANSIBLE_CONFIG": "playbooks/ansible.cfg",
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_LOCAL_TEMP": str(lab.folder / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        # A socket's path may have 108 bytes at most.
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(lab.folder / "cp"),
        "VIRGEM_RECORD": str(record),
    }
