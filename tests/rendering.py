"""Renders a template of the baseline role as a play would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from support import ROOT

ROLE = ROOT / "playbooks" / "roles" / "baseline"


def rendered(folder: Path, name: str, **variables: Any) -> Path:
    """Return the file that a template makes with the defaults of the role and these values.

    Ssh is open to everybody where nothing else is given.
    """
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    (folder / "values.json").write_text(
        json.dumps({"ansible_python_interpreter": sys.executable, "virgem_management": [], **defaults, **variables})
    )
    target = folder / name
    ansible = str(Path(sys.executable).with_name("ansible"))
    values = ("-e", f"@{folder}/values.json")
    module = ("-m", "ansible.builtin.template", "-a", f"src={ROLE}/templates/{name}.j2 dest={target}")
    done = subprocess.run(
        (ansible, "localhost", "-c", "local", "-i", "localhost,", *values, *module),
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "playbooks/ansible.cfg")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target
