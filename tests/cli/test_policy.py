"""virgem policy, and what policies and the guard do to `virgem cloud`: nothing is applied that they refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from virgem.modules.changes import Changes, Nature, compare
from virgem.modules.cli.console import Console
from virgem.modules.cli.main import main
from virgem.modules.cloud import applying
from virgem.modules.cloud.changes import of_steps
from virgem.modules.cloud.engine.running import Engine
from virgem.modules.cloud.engine.steps import Step
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.preview import StackPreview
from virgem.modules.governance.policies import policies

OPERATOR = """\
apiVersion: virgem/v1
name: een
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres: { west: { at: kortrijk/stadhuis } }
"""
TOWN = """\
municipality: 34022
sites: { stadhuis: town-hall }
cloud:
  servers:
    app: { count: 2, class: 3 }
"""
TOGETHER = TOWN.replace("class: 3", "class: 3, anti-affinity: false")
WAIVER = "waivers: { w: { rule: apart, target: kortrijk/app, reason: R, owner: ict-manager, expires: 2027-06-30 } }\n"
# Of one tenant alone: the stacks of the shared services take most of the time.
NOW, LATER = (("--as-of", day, "--tenant", "34022") for day in ("2027-01-01", "2027-07-01"))


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OS_CLOUD", "VIRGEM_STATE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"AUTH_URL": "http://127.0.0.1:9/v3", "USERNAME": "a", "PASSWORD": "b"}.items():
        monkeypatch.setenv(f"OS_{name}", value)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "een"
    (folder / "municipalities").mkdir(parents=True)
    write(folder, TOWN)
    return folder


def write(folder: Path, town: str, more: str = "") -> None:
    (folder / "estate.yaml").write_text(OPERATOR + more)
    (folder / "municipalities" / "kortrijk.yaml").write_text(town)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def test_a_plan_that_keeps_all_policies_ends_with_nothing_to_do(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", str(estate), *NOW]) == 0
    out, _ = said(capsys)
    assert [line.split()[::2] for line in out.splitlines()] == [[name, "kept"] for name in policies()]


def test_a_preview_is_the_same_whatever_cloud_the_user_has_access_to(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = ["cloud", "preview", str(estate), "--tenant", "34022", "--save-plan"]
    assert main([*preview, "-o", "without"]) == 2
    for name in ("CLOUD", "REGION_NAME", "ENDPOINT_TYPE"):
        monkeypatch.setenv(f"OS_{name}", "elsewhere")
    assert main([*preview, "-o", "with"]) == 2
    saved = [(estate.parent / folder / "cloud" / "plan.json").read_bytes() for folder in ("without", "with")]
    assert saved[0] == saved[1]
    assert main(["policy", str(estate), *NOW]) == 0


def nothing_to_run(cloud: CloudPlan, names: Sequence[str], *how: object) -> Iterator[StackPreview]:
    assert list(names) == []
    return iter(())


def test_a_broken_policy_is_told_in_every_format_with_the_line_of_the_estate(
    estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(estate, TOGETHER)
    assert main(["cloud", "preview", str(estate), *NOW, "--save-plan"]) == 1
    said(capsys)
    # The saved plan is taken for what has not changed.
    monkeypatch.setattr(applying.previewing, "_previews", nothing_to_run)
    assert main(["policy", str(estate), *NOW]) == 1
    out, _ = said(capsys)
    assert "een/municipalities/kortrijk.yaml:5:" in out
    assert "apart 2 servers app of kortrijk, class 3, may run on one host" in out
    assert "1 open" in out

    assert main(["policy", str(estate), *NOW, "--format", "json"]) == 1
    told = json.loads(said(capsys)[0])
    assert (told["kind"], told["errors"], told["items"][0]["target"]) == ("PolicyReport", 1, "kortrijk/app")
    (apart,) = [one for one in told["policies"] if one["id"] == "apart"]
    assert (apart["verdict"], apart["severity"], apart["open"][0]["urn"][:11]) == ("broken", "error", "urn:pulumi:")

    assert main(["policy", str(estate), *NOW, "--format", "sarif"]) == 1
    (run,) = json.loads(said(capsys)[0])["runs"]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in run["tool"]["driver"]["rules"]}
    assert levels == {policy.id: policy.severity.value for policy in policies().values()}
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "apart"

    assert main(["policy", str(estate), *NOW, "--format", "junit", "-o", "found.xml"]) == 1
    assert ElementTree.parse("found.xml").getroot().get("failures") == "1"


def test_a_waiver_shows_who_accepts_until_when_and_then_ends(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(estate, TOGETHER, WAIVER)
    assert main(["policy", str(estate), *NOW]) == 0
    out, _ = said(capsys)
    assert "waived: apart kortrijk/app" in out
    assert "(waiver w of ict-manager until 2027-06-30: R)" in out
    assert main(["policy", str(estate), *LATER]) == 1
    out, err = said(capsys)
    assert "hint: waiver w of ict-manager ended on 2027-06-30" in out
    assert "W911" in err


def test_an_unknown_policy_in_a_waiver_stops_with_the_nearest(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(estate, TOGETHER, WAIVER.replace("apart", "aparte"))
    assert main(["validate", str(estate)]) == 1
    assert "did you mean apart?" in said(capsys)[0]


def test_the_list_needs_no_estate(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "--list"]) == 0
    out, _ = said(capsys)
    assert all(f"{policy.id} " in out and policy.rule.title in out for policy in policies().values())
    assert main(["policy", "--list", "--json"]) == 0
    assert [one["id"] for one in json.loads(said(capsys)[0])["policies"]] == list(policies())


def test_the_embedded_preview_tells_and_fails(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(estate, TOGETHER)
    assert main(["cloud", "preview", str(estate), *NOW, "--json"]) == 1
    out, err = said(capsys)
    assert "apart 2 servers app" in err
    assert {one["id"]: one["verdict"] for one in json.loads(out)["policies"]}["apart"] == "broken"
    write(estate, TOGETHER, WAIVER)
    assert main(["cloud", "preview", str(estate), *NOW]) == 2
    assert "waived: apart kortrijk/app" in said(capsys)[1]


# ---- up and destroy, without an engine


class Cloud:
    """Stands where the engine stands: what it was asked."""

    def __init__(self, patch: pytest.MonkeyPatch, changes: Changes | None = None) -> None:
        self.asked: list[str] = []
        found = Engine(path=Path("/nowhere/pulumi"), version="3.0.0", variables={})
        patch.setattr(applying, "engine", lambda where, who: found)
        for name in ("up", "destroy"):
            patch.setattr(applying, name, self.answer(name, changes))
        patch.setattr(applying, "undeclared", lambda site, names: compare({}, {}, Nature()))
        if changes:
            for name in ("foresee", "destruction", "preview"):
                patch.setattr(applying, name, lambda site, names: changes)

    def answer(self, name: str, changes: Changes | None) -> object:
        def carried_out(site: applying.Site, names: tuple[str, ...]) -> Changes:
            self.asked.append(name)
            return changes or compare({}, {}, Nature())

        return carried_out


def test_up_applies_nothing_that_breaks_a_policy(
    estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(monkeypatch)
    write(estate, TOGETHER)
    assert main(["cloud", "up", str(estate), *NOW, "--yes"]) == 1
    _, err = said(capsys)
    assert "the plan breaks 1 policy (apart): nothing was applied" in err
    assert "een/municipalities/kortrijk.yaml:5:" in err
    assert cloud.asked == []
    write(estate, TOGETHER, WAIVER)
    assert main(["cloud", "up", str(estate), *LATER, "--yes"]) == 1
    assert cloud.asked == []
    assert main(["cloud", "up", str(estate), *NOW, "--yes"]) == 0
    assert cloud.asked == ["up"]
    assert "waived: apart kortrijk/app" in said(capsys)[1]


def test_the_real_preview_fails_too(
    estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Cloud(monkeypatch, compare({}, {}, Nature()))
    assert main(["cloud", "preview", str(estate), *NOW, "--engine", "pulumi"]) == 0
    write(estate, TOGETHER)
    assert main(["cloud", "preview", str(estate), *NOW, "--engine", "pulumi"]) == 1


VOLUME, RECORD = "openstack:blockstorage/volume:Volume", "openstack:dns/recordSet:RecordSet"
BEFORE = {VOLUME: {"v1": {}, "v2": {}}, RECORD: {f"r{number}": {} for number in range(4)}}


@pytest.mark.parametrize("action", ["up", "destroy"])
def test_a_mass_deletion_in_the_cloud_is_told_line_by_line_and_asks_for_its_number(
    action: str, estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = compare(BEFORE, {VOLUME: {"v1": {}}, RECORD: {"r0": {}}}, Nature())
    cloud = Cloud(monkeypatch, taken)
    assert main(["cloud", action, str(estate), *NOW, "--yes"]) == 1
    lines = said(capsys)[1].splitlines()
    start = lines.index("error: the plan deletes 4 objects:")
    assert lines[start + 1 : start + 4] == [
        "  - 1 of 2 Volume (blockstorage), which is protected",
        "  - 3 of 4 RecordSet (dns), over 30 %",
        "  hint: look at what goes or moves; if it is meant, confirm with the number: --confirm 4",
    ]
    assert main(["cloud", action, str(estate), *NOW, "--yes", "--confirm", "3"]) == 1
    assert cloud.asked == []
    assert main(["cloud", action, str(estate), *NOW, "--yes", "--confirm", "4"]) == 0
    assert cloud.asked == [action]


@pytest.mark.parametrize("action", ["up", "destroy"])
def test_a_small_deletion_of_what_is_not_protected_asks_for_none(
    action: str, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {**BEFORE, RECORD: {f"r{number}": {} for number in range(3)}}
    cloud = Cloud(monkeypatch, compare(BEFORE, left, Nature()))
    assert main(["cloud", action, str(estate), *NOW, "--yes"]) == 0
    assert cloud.asked == [action]


def test_what_was_declared_last_is_read_back_and_made_again_when_damaged(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cloud(monkeypatch)
    up = ["cloud", "up", str(estate), *NOW, "--yes"]
    assert main(up) == 0
    file = tmp_path / "state" / "virgem" / "cloud" / "een" / applying.DECLARED
    whole, ran = file.read_bytes(), list[int]()
    run = applying.previewing._previews

    def counted(cloud: CloudPlan, names: Sequence[str], *how: Any) -> Iterator[StackPreview]:
        ran.append(len(names))
        return run(cloud, names, *how)

    monkeypatch.setattr(applying.previewing, "_previews", counted)
    assert main(up) == 0
    assert sum(ran) == 0
    file.write_bytes(whole[:-40])
    assert main(up) == 0
    assert sum(ran) == 2
    assert file.read_bytes() == whole


# ---- a whole tenant that the estate has no more


GONE = {
    "data-34040": (
        ("openstack:blockstorage/volume:Volume", "data", {"name": "app-data", "size": 40}),
        ("openstack:blockstorage/volume:Volume", "more", {"name": "more", "size": 2}),
        ("openstack:dns/zone:Zone", "waregem", {"name": "waregem.een.example."}),
    ),
    "tenant-34040": (("openstack:compute/instance:Instance", "app-1", {"name": "app-1"}),),
}


def going() -> Changes:
    """What the engine foresees of a state in which another town still is."""
    steps = {
        stack: [
            Step(
                action="delete",
                urn=f"urn:pulumi:{stack}::virgem::{kind}::{name}",
                type=kind,
                protect=False,
                existed=True,
                fields=tuple((key, json.dumps(value), "") for key, value in inputs.items()),
            )
            for kind, name, inputs in objects
        ]
        for stack, objects in GONE.items()
    }
    return of_steps(steps, {}, dict.fromkeys(GONE, "34040"))


@pytest.fixture
def waregem_is_gone(estate: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setattr(applying, "leftovers", lambda site: tuple(sorted(GONE, reverse=True)))
    return Cloud(monkeypatch, going())


def test_a_tenant_goes_only_when_it_is_named_and_its_data_are_shown(
    waregem_is_gone: Cloud, estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up = ["cloud", "up", str(estate), *NOW, "--yes", "--confirm", "4"]
    assert main(up) == 1
    lines = said(capsys)[1].splitlines()
    start = lines.index("error: this removes tenant 34040 (Waregem) with all its 4 objects, and for good:")
    assert lines[start + 1 : start + 5] == [
        "  - volumes, 42 GB together: app-data (40 GB), more (2 GB)",
        "  - DNS zones with all their records: waregem.een.example",
        "  - servers with what is on their own disks: app-1",
        "  hint: if this is meant, name it: --remove 34040; else put it back into the estate",
    ]
    assert main([*up, "--remove", "34022"]) == 1
    assert "--remove names 34022, which the estate still has" in said(capsys)[1]
    # The number is asked for too: it tells of what else goes.
    assert main([*up[:-2], "--remove", "34040"]) == 1
    assert waregem_is_gone.asked == []
    assert main([*up, "--remove", "34040"]) == 0
    assert waregem_is_gone.asked == ["up"]


def test_a_person_may_type_the_name(
    waregem_is_gone: Cloud, estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["34022", "34040"])
    asked: list[str] = []
    monkeypatch.setattr(Console, "confirm", lambda self, text, answer: asked.append(text) or next(answers) == answer)
    up = ["cloud", "up", str(estate), *NOW, "--yes", "--confirm", "4"]
    assert (main(up), main(up)) == (1, 0)
    assert all("app-data (40 GB)" in text for text in asked)
    assert waregem_is_gone.asked == ["up"]


def test_a_preview_says_that_a_tenant_would_have_to_be_named(
    waregem_is_gone: Cloud, estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cloud", "preview", str(estate), *NOW, "--engine", "pulumi"]) == 2
    assert "carrying it out needs --remove 34040" in said(capsys)[1]


def test_who_names_one_of_two_tenants_that_go_has_not_agreed_to_the_other(
    estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "leftovers", lambda site: tuple(sorted(GONE, reverse=True)))
    # The same objects, half of them of another tenant.
    monkeypatch.setattr(applying.Site, "tenant_of", lambda site: {"data-34040": "34040", "tenant-34040": "34041"})
    cloud = Cloud(monkeypatch, going())
    up = ["cloud", "up", str(estate), *NOW, "--yes", "--confirm", "4", "--remove", "34040"]
    assert main(up) == 1
    assert "this removes the applications of tenant 34041 (Wevelgem), 1 object, and for good" in said(capsys)[1]
    assert cloud.asked == []
    assert main([*up, "--remove", "34041"]) == 0


PORT = "openstack:networking/port:Port"


def lying_there(tenant: str) -> Changes:
    """What drift finds in a project that nobody declared."""
    there = (("openstack:compute/instance:Instance", "extra"), (VOLUME, "vergeten"), (PORT, "p1"), (RECORD, "_acme"))
    steps = [
        Step(action="create", urn=f"urn:{name}", type=kind, protect=False, existed=False, called=name)
        for kind, name in there
    ]
    return of_steps({f"data-{tenant}": steps}, {}, {f"data-{tenant}": tenant})


@pytest.mark.parametrize(
    ("more", "told"),
    [([], ["Instance extra, Port p1, Volume vergeten"]), (["--applications"], ["Instance extra, Port p1"])],
)
def test_nothing_is_taken_away_while_something_that_nobody_declared_lies_there(
    more: list[str],
    told: list[str],
    estate: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = Cloud(monkeypatch, compare(BEFORE, {VOLUME: {"v1": {}}, RECORD: {"r0": {}}}, Nature()))
    monkeypatch.setattr(applying, "undeclared", lambda site, names: lying_there("34022"))
    assert main(["cloud", "destroy", str(estate), *NOW, "--yes", "--confirm", "4", *more]) == 1
    lines = said(capsys)[1].splitlines()
    start = lines.index("error: the projects hold what no stack declares, so nothing was taken away:")
    assert lines[start + 1 : start + 2] == [f"  - in that of tenant 34022 (Kortrijk): {one}" for one in told]
    assert "virgem cloud import" in lines[start + 2]
    assert cloud.asked == []


def test_a_volume_that_nobody_declared_stands_in_the_way_of_no_application(
    estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(monkeypatch, compare({RECORD: {"r0": {}}}, {RECORD: {"r0": {}}}, Nature()))
    (volume,) = (change for change in lying_there("34022").items if change.kind == VOLUME)
    only = replace(lying_there("34022"), items=(volume,))
    monkeypatch.setattr(applying, "undeclared", lambda site, names: only)
    assert main(["cloud", "destroy", str(estate), *NOW, "--yes", "--applications"]) == 0
    assert main(["cloud", "destroy", str(estate), *NOW, "--yes"]) == 1
    assert cloud.asked == ["destroy"]


def test_a_tenant_that_leaves_goes_only_when_nothing_undeclared_is_left_in_its_project(
    waregem_is_gone: Cloud, estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    found = lying_there("34040")
    monkeypatch.setattr(applying, "undeclared", lambda site, names: asked.append(list(names)) or found)
    up = ["cloud", "up", str(estate), *NOW, "--yes", "--confirm", "4", "--remove", "34040"]
    assert main(up) == 1
    assert "in that of tenant 34040 (Waregem): Instance extra, Port p1, Volume vergeten" in said(capsys)[1]
    assert asked == [["tenant-34040", "data-34040"]]
    assert waregem_is_gone.asked == []
