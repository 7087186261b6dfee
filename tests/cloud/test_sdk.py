"""What is done otherwise than by Pulumi's SDK: it is still asked for, and comes to the same."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any

import klein
import pytest
from pulumi.runtime import stack
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import ResourceRegistrationFailed
from support import ROOT

from virgem.modules.cloud.components import sdk
from virgem.modules.cloud.engine.embedded import Recorder, preview_stack, record
from virgem.stacks.program import run as program

ALL_LOADED = """\
import sys
import klein
from virgem.modules.cloud.engine.embedded import preview_stack
from virgem.stacks import program
plan = klein.cloud()
program.load()
had = set(sys.modules)
for name in plan.stacks:
    preview_stack(name, lambda: program.run(plan, name))
print(len(had), *(name for name in set(sys.modules) - had if name.startswith("pulumi")))
"""


def test_what_programs_use_of_the_provider_is_loaded_before_processes_are_forked() -> None:
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{ALL_LOADED}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(done.stdout.split()) == 1, done.stdout


def test_no_resource_tells_where_in_the_code_it_was_declared() -> None:
    recorder = Recorder()
    copy_context().run(record, "data-34022", lambda: program(klein.cloud(), "data-34022"), recorder)
    declared = [request for request in recorder.registered.values() if request.type != "pulumi:pulumi:Stack"]
    assert len(declared) > 20
    assert [r.name for r in declared if r.stackTrace.frames or r.HasField("sourcePosition")] == []


def test_the_engine_is_told_nothing_for_whoever_mends_the_sdk(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "virgem.cloud.embedded"):
        preview_stack("data-34022", lambda: program(klein.cloud(), "data-34022"))
    assert [one for one in caplog.records if one.levelno == logging.DEBUG] == []


def waited(begin: Callable[[], None]) -> None:
    """Do what the SDK does after a program was called, with the outputs that `begin` leaves behind."""

    async def run() -> None:
        begin()
        await stack.wait_for_rpcs()

    def within() -> None:
        SETTINGS.outputs = set()
        asyncio.run(run())

    sdk.quicken()
    copy_context().run(within)


def outputs(*those: Awaitable[Any]) -> None:
    SETTINGS.outputs.update(asyncio.ensure_future(one) for one in those)


def test_outputs_are_waited_for_together_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    done, waits, wait = list[int](), list[int](), asyncio.wait

    async def output(number: int) -> None:
        await asyncio.sleep(number / 2000)
        done.append(number)
        if number == 199:
            outputs(output(200))

    def counted(those: list[Any], **more: Any) -> Any:
        waits.append(len(those))
        return wait(those, **more)

    monkeypatch.setattr(asyncio, "wait", counted)
    waited(lambda: outputs(*map(output, range(200))))
    assert sorted(done) == list(range(201))
    assert len(waits) < 5


def test_the_first_error_is_raised_though_something_waits_for_ever() -> None:
    async def fails() -> None:
        raise ValueError("of this output")

    with pytest.raises(ValueError, match="of this output"):
        waited(lambda: outputs(asyncio.sleep(1000), fails()))


def test_what_the_engine_has_told_of_ends_nothing() -> None:
    done = list[str]()

    async def fails() -> None:
        raise ResourceRegistrationFailed("of a resource")

    async def follows() -> None:
        await asyncio.sleep(0.01)
        done.append("the other")

    waited(lambda: outputs(fails(), follows()))
    assert done == ["the other"]
