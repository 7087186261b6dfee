"""What is done otherwise than by Pulumi's SDK, so that a program costs less. Its results stay the same.

Each of these stands in for a part of the SDK that has no setting; the tests tell when another version has it otherwise.
"""

from __future__ import annotations

import asyncio
import importlib
from contextlib import suppress

import pulumi
from pulumi.runtime import resource, stack
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import ResourceRegistrationFailed

# The parts of the provider's package that programs declare resources of; each is loaded when it is first used.
PARTS = ("blockstorage", "compute", "dns", "identity", "images", "loadbalancer", "networking")
# Outputs may come up while others are waited for.
_LOOK_AGAIN_SECONDS = 1

_wait_for_calls = stack.wait_for_rpcs


def load() -> None:
    """Load all that programs use of the provider's package, so that no process that is forked later does it again."""
    for part in PARTS:
        # Any name will do: a part is loaded when one is asked for.
        getattr(importlib.import_module(f"pulumi_openstack.{part}"), "loaded", None)


def quicken() -> None:
    """Put the quicker ways into the SDK; more than once does no harm."""
    # The call stack of each resource is found anew and sent to the engine, which keeps it in the state that it writes
    # whole after every step: more than half of it, with paths of the machine that it ran on.
    resource._get_stack_trace = source_pb2.StackTrace
    # Each would be a call to the engine that the program waits for, seven for a resource; nobody is shown them.
    pulumi.log.debug = _say_nothing
    # Run by run_pulumi_func when the program has been called.
    stack.wait_for_rpcs = _wait_for_all


def _say_nothing(*args: object, **more: object) -> None:
    """Stand in for a message to whoever mends the SDK."""


async def _wait_for_all(await_all_outstanding_tasks: bool = True) -> None:
    """Wait for all calls to the engine and all outputs, as the SDK does; raise the first error.

    The SDK waits for the first of all outputs, time after time, so its waiting grows with the square of their number.
    """
    while True:
        await _wait_for_calls(False)
        with SETTINGS.lock:
            pending = list(SETTINGS.outputs) if await_all_outstanding_tasks else []
            SETTINGS.outputs.difference_update(pending)
        if not pending:
            return
        first = asyncio.FIRST_EXCEPTION
        done, left = await asyncio.wait(pending, timeout=_LOOK_AGAIN_SECONDS, return_when=first)
        with SETTINGS.lock:
            SETTINGS.outputs.update(left)
        for task in done:
            # The engine has told of it, and others go on where they can.
            with suppress(ResourceRegistrationFailed):
                await task
