"""The playbooks and roles as text: lint, syntax, names, tags, and arguments that say what the defaults hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ROOT

PLAYBOOKS = ROOT / "playbooks"
ROLES = sorted(path.name for path in (PLAYBOOKS / "roles").iterdir())
DEVICE_ROLES = sorted(set(ROLES) - {"baseline"})
ENVIRONMENT = {"ANSIBLE_CONFIG": "playbooks/ansible.cfg", "ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1"}
CONTROL = re.compile(r"cis-([1-9]|1[0-8])\.\d{1,2}|iso-[5-8]\.\d{1,2}")
NO_MODULES = frozenset({"block", "rescue", "always"})


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def role_file(role: str, name: str) -> Any:
    return load(PLAYBOOKS / "roles" / role / name)


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (str(Path(sys.executable).with_name(name)), *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **ENVIRONMENT})


def flat(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks and those inside their blocks."""
    for task in tasks:
        yield task
        for part in NO_MODULES & task.keys():
            yield from flat(task[part])


def task_files() -> list[Path]:
    found = sorted(PLAYBOOKS.glob("roles/*/tasks/*.yml")) + sorted(PLAYBOOKS.glob("roles/*/handlers/*.yml"))
    assert len(found) > 20
    return found


@pytest.mark.parametrize("playbook", ["site.yml", "observe.yml"])
def test_ansible_accepts_the_syntax_of_each_playbook_from_the_project_root(playbook: str) -> None:
    done = tool("ansible-playbook", "--syntax-check", f"playbooks/{playbook}", "-i", "localhost,")
    assert done.returncode == 0, done.stderr
    assert "[WARNING]" not in done.stderr


@pytest.mark.slow
def test_ansible_lint_finds_nothing_at_its_production_profile() -> None:
    done = tool("ansible-lint", "--offline", "-c", "playbooks/.ansible-lint", "playbooks")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Profile 'production' was required, and it passed" in done.stderr + done.stdout


@pytest.mark.parametrize("path", task_files(), ids=lambda path: str(path.relative_to(PLAYBOOKS / "roles")))
def test_every_task_has_a_name_of_its_own_and_a_fully_qualified_module(path: Path) -> None:
    tasks = list(flat(load(path)))
    names = [task.get("name") for task in tasks]
    assert all(names), f"a task without a name in {path}"
    assert len(set(names)) == len(names)
    for task in tasks:
        assert NO_MODULES & task.keys() or any(key.startswith("ansible.builtin.") for key in task), task["name"]


@pytest.mark.parametrize("role", ROLES)
def test_the_arguments_of_a_role_are_its_defaults_each_described(role: str) -> None:
    options = role_file(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert sorted(options) == sorted(role_file(role, "defaults/main.yml"))
    assert all(option["description"].endswith(".") for option in options.values())
    assert all(name.startswith(f"{role}_") for name in options)


@pytest.mark.parametrize("role", ROLES)
def test_every_part_of_a_role_is_tagged_with_the_controls_it_serves(role: str) -> None:
    for task in role_file(role, "tasks/main.yml"):
        tags = task["tags"]
        assert {tag.partition("-")[0] for tag in tags} == {"cis", "iso"}, task["name"]
        assert all(CONTROL.fullmatch(tag) for tag in tags), task["name"]


@pytest.mark.parametrize("role", ROLES)
def test_a_main_task_file_is_short_and_only_names_others(role: str) -> None:
    for task in role_file(role, "tasks/main.yml"):
        assert (PLAYBOOKS / "roles" / role / "tasks" / task["ansible.builtin.import_tasks"]).is_file()


@pytest.mark.parametrize("role", DEVICE_ROLES)
def test_every_device_role_stands_on_the_baseline(role: str) -> None:
    assert [one["role"] for one in role_file(role, "meta/main.yml")["dependencies"]] == ["baseline"]


def test_the_site_playbook_gives_every_role_to_the_group_of_its_name() -> None:
    with_roles = [play for play in load(PLAYBOOKS / "site.yml") if "roles" in play]
    assert all(play["hosts"].endswith(":!unaddressed") for play in with_roles)
    plays = {play["hosts"].partition(":")[0]: [one["role"] for one in play["roles"]] for play in with_roles}
    assert plays == {role: [role] for role in DEVICE_ROLES}


def test_every_role_a_device_kind_names_exists() -> None:
    from virgem.modules.estate.kinds import device_kinds

    named = {kind.role for kind in device_kinds().values() if kind.role}
    assert named, "no device kind names a role"
    assert named <= set(DEVICE_ROLES)


def test_every_file_the_plan_renders_for_a_router_is_installed() -> None:
    from virgem.network.render import site_renderers

    rows = {row["source"] for row in role_file("site_router", "defaults/main.yml")["site_router_files"]}
    rendered = {renderer.files for renderer in site_renderers()}
    assert rendered - rows == {"ports/*.link"}, "names of ports take effect at the next boot"
    assert rows <= rendered


def test_every_router_of_a_plan_has_the_files_without_which_it_is_refused() -> None:
    from virgem.modules.planning import prepare
    from virgem.network.render import render_site

    rows = role_file("site_router", "defaults/main.yml")["site_router_files"]
    required = {row["source"] for row in rows if row.get("required")}
    assert len(required) > 5
    plan = prepare(ROOT / "inventories" / "middenkust").plan
    assert plan is not None
    assert [router.name for router in plan.routers if not required <= render_site(plan, router).keys()] == []


def test_host_keys_are_checked_and_plugins_are_found_beside_the_configuration() -> None:
    settings = tool("ansible-config", "dump", "--only-changed", "-t", "all").stdout
    assert f"HOST_KEY_CHECKING({PLAYBOOKS}/ansible.cfg) = True" in settings
    assert str(ROOT / "inventories" / "plugins") in settings
    assert "StrictHostKeyChecking=no" not in settings
