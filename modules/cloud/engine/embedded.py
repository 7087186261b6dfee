"""The embedded engine: runs a Pulumi program in this process on Pulumi's own mocks and records what it declares.

Every run is a preview: ids and other values that only the cloud can give stay unknown, as they do in a real preview.
No value is made up. Each stack gets an event loop and a context of its own, so that many run one after another.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import provider_pb2, resource_pb2

from virgem.modules.cloud.preview import PlannedResource, StackPreview, canonical
from virgem.modules.problem import UserError

PROJECT = "virgem"
# The organisation of state kept in files, S3-like stores or PostgreSQL.
ORGANISATION = "organization"

_STACK_TYPE = "pulumi:pulumi:Stack"
_SILENT = logging.getLogger("virgem.cloud.embedded")


class _NoAnswers(mocks.Mocks):
    """Pulumi's mocks that answer nothing: the recorder never asks them."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Return no outputs."""
        return {}, None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return no id and no outputs: unknown in a preview."""
        return None, {}


class Recorder(mocks.MockMonitor):
    """A monitor that writes down every registration and leaves every output unknown; method names are the engine's."""

    def __init__(self) -> None:
        super().__init__(_NoAnswers())
        self.registered: dict[str, Any] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Return the name that the engine gives: its parents' types stand before its own, but not that of the stack."""
        above = parent.split("::")[2] if parent else _STACK_TYPE
        qualified = type_ if above == _STACK_TYPE else f"{above}${type_}"
        return "::".join((f"urn:pulumi:{settings.get_stack()}", settings.get_project(), qualified, name))

    def RegisterResource(self, request: Any) -> Any:
        """Answer as the engine does in a preview of something new: the inputs, and an id that is not known."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.registered:
            raise ValueError(f"two resources have the name {request.name} ({request.type})")
        self.registered[urn] = request
        return resource_pb2.RegisterResourceResponse(urn=urn, id="", object=request.object)

    def ReadResource(self, request: Any) -> Any:
        """Answer for another stack's outputs: none is known."""
        urn = self.make_urn(request.parent, request.type, request.name)
        known = struct_pb2.Struct()
        known.update({"name": request.id, "outputs": rpc.UNKNOWN, "secretOutputNames": rpc.UNKNOWN})
        return resource_pb2.ReadResourceResponse(urn=urn, properties=known)

    def Invoke(self, request: Any) -> Any:
        """Answer for what only the control plane can tell: nothing."""
        return provider_pb2.InvokeResponse()


class _InlineLoop(asyncio.SelectorEventLoop):
    """An event loop that runs the recorder at once: it never waits, so threads would only cost."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call `func` now and return its result as a done future."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


def preview_stack(name: str, program: Callable[[], None]) -> StackPreview:
    """Run the program of one stack and return what it declares; its own errors become a UserError naming the stack."""
    recorder = Recorder()
    try:
        contextvars.copy_context().run(record, name, program, recorder)
    except UserError as error:
        raise UserError(f"stack {name}: {error.message}", error.hint) from error
    except Exception as error:
        last = list(recorder.registered)[-1].rpartition("::")[2] if recorder.registered else "its first resource"
        message = f"stack {name}, after {last}: {type(error).__name__}: {error}"
        raise UserError(message, "this is a fault in the stack's program, not in the estate") from error
    return StackPreview(name=name, resources=tuple(sorted(_planned(recorder), key=lambda r: r.urn)))


def record(name: str, program: Callable[[], None], recorder: Recorder) -> None:
    """Run the program of one stack on a recorder, in a context of its own (see contextvars)."""
    settings.configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]
            monitor=recorder,
            engine=mocks.MockEngine(_SILENT),
            project=PROJECT,
            stack=name,
            organization=ORGANISATION,
            dry_run=True,
            # Without these a run would share what waits, and what it knows of the engine, with the one before.
            outputs=set(),
            lock=threading.Lock(),
            feature_support={},
            package_refs={},
        )
    )
    settings.ROOT.set(None)
    loop = _InlineLoop()
    asyncio.set_event_loop(loop)
    # Thousands of futures live until the end of the run: looking for garbage among them takes a third of the time.
    gc.disable()
    try:
        loop.run_until_complete(_drive(program))
    finally:
        gc.enable()
        _abandon(loop)
        asyncio.set_event_loop(None)
        loop.close()


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """End what still waits after a failure; the first error is the one to tell, the others follow from it."""
    loop.set_exception_handler(lambda loop, context: None)
    while left := asyncio.all_tasks(loop):
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


async def _drive(program: Callable[[], None]) -> None:
    """Run a program to its end as Pulumi's `run_in_stack` does, whose waiting grows with the square of its size."""
    await settings._load_monitor_feature_support()  # type: ignore[no-untyped-call]
    stack.Stack(program)
    manager, outputs = settings.SETTINGS.rpc_manager, settings.SETTINGS.outputs
    while pending := [*manager.rpcs, *outputs]:
        manager.rpcs.clear()
        outputs.clear()
        for result in await asyncio.gather(*pending, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result


def _planned(recorder: Recorder) -> Iterator[PlannedResource]:
    for urn, request in recorder.registered.items():
        if request.type == _STACK_TYPE:
            continue
        needs = {key: tuple(sorted(deps.urns)) for key, deps in request.propertyDependencies.items()}
        yield PlannedResource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            protect=request.protect,
            parent=request.parent,
            provider=request.provider.rpartition("::")[0],
            depends_on=tuple(sorted(request.dependencies)),
            inputs={key: canonical(_plain(value, needs.get(key, ()))) for key, value in _fields(request.object)},
            ignores=tuple(sorted(request.ignoreChanges)),
        )


def _fields(struct: struct_pb2.Struct) -> Iterator[tuple[str, struct_pb2.Value]]:
    yield from sorted(struct.fields.items())


def _plain(value: struct_pb2.Value, needs: tuple[str, ...]) -> Any:
    """Return a property as plain JSON: what is unknown and what is secret are marked, never shown or made up."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _plain_struct(value.struct_value, needs)
    if kind == "list_value":
        return [_plain(item, needs) for item in value.list_value.values]
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    if kind == "string_value":
        return {"knownAfterApply": list(needs)} if value.string_value == rpc.UNKNOWN else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _plain_struct(struct: struct_pb2.Struct, needs: tuple[str, ...]) -> Any:
    sign = struct.fields.get(rpc._special_sig_key)
    if sign is not None and sign.string_value == rpc._special_secret_sig:
        return {"secret": True}
    return {key: _plain(value, needs) for key, value in _fields(struct)}
