"""Which stacks are opened, in which order, and which are refused; no cloud is asked here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import klein
import pytest

from virgem.modules.changes import Action
from virgem.modules.cloud import applying
from virgem.modules.cloud.changes import of_steps
from virgem.modules.cloud.engine import applied
from virgem.modules.cloud.engine.access import Access
from virgem.modules.cloud.engine.place import place, prepare
from virgem.modules.cloud.engine.running import Engine, Order, Outcome, free
from virgem.modules.cloud.engine.steps import Step
from virgem.modules.problem import UserError
from virgem.stacks.program import run as program

ACCESS = Access(
    url="http://here/v3", user="a", password="p", project="a", user_domain="D", project_domain="D", region=""
)
STACKS = ("shared", "data-shared", "data-34022", "data-34040", "tenant-shared", "tenant-34022", "tenant-34040")


@pytest.fixture
def site(tmp_path: Path) -> applying.Site:
    where = place("klein", str(tmp_path / "state"), {})
    prepare(where, ACCESS)
    where.stacks.mkdir(parents=True)
    return applying.Site(
        cloud=klein.cloud(),
        program=program,
        where=where,
        engine=Engine(path=Path("/nowhere/pulumi"), version="3.0.0", variables={}),
        access=ACCESS,
    )


def made(site: applying.Site, *stacks: str) -> None:
    """Let state be there, with outputs, as after an apply."""
    for name in stacks:
        (site.where.stacks / f"{name}.json").write_text('{"checkpoint": {"latest": {"resources": [{}]}}}')
        inputs = applying.inputs(site, name) if name in site.cloud.tenant_of else ""
        known = applied.Applied(inputs=inputs, outputs={"of": name}, counts={"openstack:x:X": 3})
        applied.write(site.where, name, known)


def test_all_stacks_are_chosen_in_their_order_or_those_of_some_tenants(site: applying.Site) -> None:
    assert applying.chosen(site, None) == STACKS
    assert applying.chosen(site, ["34022"]) == ("data-34022", "tenant-34022")
    with pytest.raises(UserError, match="99999"):
        applying.chosen(site, ["99999"])


def test_stacks_of_a_tenant_that_is_gone_from_the_estate_are_chosen_too(site: applying.Site) -> None:
    made(site, *STACKS, "data-1", "tenant-1")
    assert applying.leftovers(site) == ("tenant-1", "data-1")
    assert applying.chosen(site, None) == (*STACKS, "tenant-1", "data-1")
    assert applying.chosen(site, ["1"]) == ("tenant-1", "data-1")
    assert site.tenant_of()["data-1"] == "1"


def test_a_stack_as_it_was_applied_is_not_opened(site: applying.Site) -> None:
    made(site, *STACKS)
    assert [name for name in STACKS if applying.unchanged(site, name)] == list(STACKS)
    assert not any(applying.unchanged(replace(site, every=True), name) for name in STACKS)
    changes = applying.preview(site, STACKS)
    assert (changes.items, changes.total.unchanged, changes.before) == ((), 21, {"openstack:x:X": 21})


def test_a_stack_is_opened_when_its_plan_changed(site: applying.Site) -> None:
    made(site, *STACKS)
    more = replace(site, cloud=klein.cloud(klein.KORTRIJK.replace("size: 200", "size: 300")))
    assert [name for name in STACKS if not applying.unchanged(more, name)] == ["data-34022"]


def test_a_stack_is_opened_when_what_it_stands_on_gives_something_else(site: applying.Site) -> None:
    made(site, *STACKS)
    applied.write(site.where, "data-34022", applied.Applied(inputs="", outputs={"of": "another"}, counts={}))
    assert [name for name in STACKS if not applying.unchanged(site, name)] == ["data-34022", "tenant-34022"]


def test_a_stack_is_opened_when_it_is_carried_out_on_another_cloud_or_its_state_is_gone(site: applying.Site) -> None:
    made(site, *STACKS)
    assert not applying.unchanged(replace(site, access=replace(ACCESS, url="http://there/v3")), "shared")
    (site.where.stacks / "shared.json").unlink()
    assert not applying.unchanged(site, "shared")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"inputs": 1}'])
def test_a_damaged_note_of_what_was_applied_is_none(site: applying.Site, text: str) -> None:
    made(site, "shared")
    (site.where.folder / "applied" / "shared.json").write_text(text)
    assert applied.read(site.where, "shared") is None


def test_what_others_apply_too_is_always_opened(site: applying.Site) -> None:
    made(site, *STACKS)
    shared = replace(site, where=replace(site.where, backend="s3://bucket"))
    assert not any(applying.unchanged(shared, name) for name in STACKS)
    assert applying.leftovers(shared) == ()


def test_of_a_state_elsewhere_the_store_says_which_stacks_there_are(site: applying.Site) -> None:
    where = replace(site.where, backend="s3://bucket")
    shared = replace(site, where=where, shared=frozenset({"shared", "data-shared", "data-1"}))
    assert applying.leftovers(shared) == ("data-1",)
    with pytest.raises(UserError, match=r"shared cannot go: data-(1|shared) stands on it"):
        applying.destructible(shared, ("shared",), applications=False)
    made_up = applying.foresee(replace(shared, shared=frozenset()), ("shared",))
    assert made_up.total.create == 16


def test_foundations_come_first_when_built_and_last_when_taken_away(site: applying.Site) -> None:
    made(site, "data-1", "tenant-1")
    names = dict.fromkeys((*STACKS, "tenant-1", "data-1"), "up")
    built, taken = applying.order(site, names, reverse=False), applying.order(site, names, reverse=True)
    assert (built["shared"], built["data-shared"]) == (frozenset(), {"shared"})
    assert built["data-34022"] == {"shared", "data-shared"}
    assert built["tenant-34022"] == {"shared", "data-34022"}
    assert (built["tenant-1"], built["data-1"]) == (frozenset(), {"tenant-1"})
    assert (taken["tenant-34022"], taken["data-34022"]) == (frozenset(), {"tenant-34022"})
    assert taken["shared"] == set(names) - {"shared"}
    assert taken["data-shared"] == {"data-34022", "data-34040", "data-1", "tenant-shared"}


def test_a_tenant_is_not_applied_before_what_it_stands_on(site: applying.Site) -> None:
    with pytest.raises(UserError, match="data-shared, shared: what the tenants stand on was never applied") as refused:
        applying.up(site, applying.chosen(site, ["34022"]))
    assert "--tenant" in refused.value.hint


def test_what_others_stand_on_is_not_taken_away(site: applying.Site) -> None:
    made(site, *STACKS)
    with pytest.raises(UserError, match="shared cannot go"):
        applying.destructible(site, applying.chosen(site, ["shared"]), applications=False)
    assert applying.destructible(site, STACKS, applications=False) == STACKS
    assert applying.destructible(site, STACKS, applications=True) == STACKS[4:]


def test_what_a_stack_that_was_never_made_will_hold_is_told_without_a_cloud(site: applying.Site) -> None:
    changes = applying.foresee(site, STACKS)
    assert changes.total.create == sum(r.in_cloud for s in klein.previewed().stacks for r in s.resources)
    assert (changes.total.changed, changes.before) == (changes.total.create, {})


def lock(site: applying.Site, pid: int, host: str) -> Path:
    folder = site.where.locks / "shared"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text(f'{{"pid": {pid}, "username": "me", "hostname": "{host}", "timestamp": "noon"}}')
    return folder / "x.json"


def test_the_lock_of_a_dead_engine_is_removed(site: applying.Site) -> None:
    import os
    import socket

    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
    file = lock(site, child, socket.gethostname())
    assert free(site.where, "shared") == ""
    assert not file.exists()


def test_the_holder_of_a_living_lock_is_named(site: applying.Site) -> None:
    file = lock(site, 1, "elsewhere")
    assert free(site.where, "shared") == "process 1 of me on elsewhere, since noon"
    assert file.exists()


def test_a_tenant_that_was_never_applied_has_no_credential(site: applying.Site) -> None:
    with pytest.raises(UserError, match="data-34022: no credential was made yet"):
        applying.credentials(site, ["34022"])


# ---- what others changed


def test_what_others_changed_is_noted_until_it_is_taken_in(site: applying.Site) -> None:
    made(site, *STACKS)
    steps = {
        "tenant-34022": (step("delete", "urn:rule"), step("create", "urn:extra")),
        "data-34022": (step("update", "urn:quota"),),
        "shared": (),
    }
    found = of_steps(steps, {}, site.tenant_of())
    applying.note_moved(site, STACKS, found.items)
    wanted = {"data-34022": ("urn:quota",), "tenant-34022": ("urn:rule",)}
    assert applying.moved(site, STACKS) == wanted
    assert applying.moved(site, ("data-34040",)) == {}
    # Who looks at one stack learns nothing of the others; who finds nothing has it no more.
    applying.note_moved(site, ("data-34022",), ())
    assert applying.moved(site, STACKS) == {"tenant-34022": ("urn:rule",)}


def test_what_is_taken_in_is_noted_no_more_and_the_stack_is_opened(
    site: applying.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(site, *STACKS)
    orders: list[Order] = []

    def run_all(ranks: object, make: Callable[[str], Order], *rest: object, **more: object) -> Iterator[Outcome]:
        orders.append(make("tenant-34022"))
        yield Outcome(stack="tenant-34022")

    monkeypatch.setattr(applying.workers, "run_all", run_all)
    applied.note_moved(site.where, "tenant-34022", ["urn:b", "urn:a"])
    others = applying.moved(site, STACKS)
    applying.refresh(site, tuple(others), others)
    assert [(order.what, order.only) for order in orders] == [("refresh", ("urn:a", "urn:b"))]
    assert applying.moved(site, STACKS) == {}
    assert [name for name in STACKS if not applying.unchanged(site, name)] == ["tenant-34022"]


def test_a_damaged_note_is_none(site: applying.Site) -> None:
    made(site, "shared")
    (site.where.folder / "applied" / "shared.moved.json").write_text("[")
    assert applying.moved(site, ("shared",)) == {}


def step(action: Action, urn: str) -> Step:
    return Step(action=action, urn=urn, type="openstack:x:X", protect=False, existed=True)


def test_of_what_was_interrupted_nobody_knows_yet_what_is_undeclared(
    site: applying.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(site, *STACKS)

    interrupted: set[str] = set()

    def run_all(ranks: dict[str, object], *rest: object, **more: object) -> Iterator[Outcome]:
        for name in ranks:
            project = f"p-{name}" if name[:4] == "data" else ""
            yield Outcome(stack=name, project=project, interrupted=name in interrupted)

    monkeypatch.setattr(applying.workers, "run_all", run_all)
    monkeypatch.setattr(applying.strays, "strays", lambda rows, project, known, stack: [step("create", project)])
    assert [change.key for change in applying.undeclared(site, ("tenant-34022",)).items] == ["p-data-34022"]
    assert [change.group for change in applying.undeclared(site, STACKS).items] == ["34022", "34040", "shared"]
    interrupted.add("tenant-34022")
    assert [change.group for change in applying.undeclared(site, STACKS).items] == ["34040", "shared"]
