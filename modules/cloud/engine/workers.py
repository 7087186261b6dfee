"""Many stacks at a time, each in a process of its own: an interrupt reaches all, a stack waits for what it needs."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from virgem.modules.cloud.engine import running
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import Engine, Order, Outcome
from virgem.modules.cloud.engine.steps import Fault

_PARENT_DIED = 1  # PR_SET_PDEATHSIG

# Makes the order for a stack when all that it needs is done; None: there is nothing to do; an outcome: it cannot be.
Next = Callable[[str], Order | Outcome | None]
# Carries an order out; the last argument is told how many objects are done.
Work = Callable[[Order, Place, Engine, Callable[[int], None]], Outcome]
# Is told of a stack that takes long how many of its objects are done.
Told = Callable[[str, int], None]
# How often, at most.
TOLD_EVERY_SECONDS = 15.0


def run_all(
    needs: Mapping[str, frozenset[str]],
    make: Next,
    where: Place,
    engine: Engine,
    bound: int,
    work: Work = running.work,
    told: Told = lambda stack, count: None,
) -> Iterator[Outcome]:
    """Yield the outcome of every stack's order, as they come; what needs a stack that failed is left out.

    An interrupt is passed on to all engines, which finish what they began; then it is raised here.
    """
    pool = _Pool(where, engine, work, told)
    waiting, done = dict(needs), set[str]()
    try:
        while waiting or pool.running:
            for stack in [name for name in waiting if waiting[name] <= done][: bound - len(pool.running)]:
                del waiting[stack]
                order = make(stack)
                if order is None:
                    done.add(stack)
                elif isinstance(order, Outcome):
                    yield order
                else:
                    pool.begin(order)
            if not pool.running:
                if not any(waiting[name] <= done for name in waiting):
                    return
                continue
            for outcome in pool.finished():
                if not outcome.faults:
                    done.add(outcome.stack)
                yield outcome
    finally:
        pool.end()


class _Pool:
    def __init__(self, where: Place, engine: Engine, work: Work, told: Told) -> None:
        self._where, self._engine, self._work, self._told = where, engine, work, told
        self.running: dict[Connection, tuple[str, ForkProcess]] = {}

    def begin(self, order: Order) -> None:
        """Fork, so that the plan and the loaded SDK are there at once; this process has no thread and no connection."""
        its, own = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_serve, args=(own, (its, *self.running), order, self._where, self._engine, self._work, os.getpid())
        )
        process.start()
        own.close()
        self.running[its] = order.stack, process

    def finished(self) -> list[Outcome]:
        """Wait for some to say something; return the outcomes of those that ended."""
        said = [self._hear(ready) for ready in wait(list(self.running)) if isinstance(ready, Connection)]
        return [outcome for outcome in said if outcome]

    def _hear(self, connection: Connection) -> Outcome | None:
        stack, process = self.running[connection]
        try:
            said: Outcome | int = connection.recv()
        except (EOFError, OSError):
            message = "the process that ran it was ended from outside; run the command again"
            said = Outcome(stack=stack, faults=(Fault(urn="", message=message),))
        if isinstance(said, int):
            self._told(stack, said)
            return None
        del self.running[connection]
        connection.close()
        process.join()
        return said

    def end(self) -> None:
        """Have all that still run end cleanly and wait for it, undisturbed by a second interrupt."""
        if not self.running:
            return
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for _, process in self.running.values():
            with suppress(OSError):
                os.kill(process.pid or 0, signal.SIGINT)
        while self.running:
            self.finished()
        signal.signal(signal.SIGINT, before)


class _Saying:
    """What a process says to its parent; the engine's events come in a thread of their own."""

    def __init__(self, own: Connection) -> None:
        self._own, self._lock, self._last = own, threading.Lock(), time.monotonic()

    def count(self, done: int) -> None:
        """Say how many objects are done, unless there is none or it was said a moment ago."""
        if done and time.monotonic() - self._last >= TOLD_EVERY_SECONDS:
            self._last = time.monotonic()
            self.say(done)

    def say(self, what: Outcome | int) -> None:
        """Say something; to nobody when the parent was killed."""
        with self._lock, suppress(OSError):
            self._own.send(what)


def _serve(
    own: Connection,
    ends: Iterable[Connection],
    order: Order,
    where: Place,
    engine: Engine,
    work: Work,
    parent: int,
) -> None:
    # The parent's ends of all connections: while any process keeps one, whoever says much waits for it to be read.
    for end in ends:
        end.close()
    # A terminal's interrupt is the parent's to pass on. When the parent is killed, this ends as at an interrupt.
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGINT)
        if os.getppid() != parent:
            return
    _redirect_output(where.folder / "log" / f"{order.stack}.log")
    saying = _Saying(own)
    try:
        outcome = work(order, where, engine, saying.count)
    except Exception as error:
        traceback.print_exc()
        outcome = Outcome(stack=order.stack, faults=(Fault(urn="", message=f"{type(error).__name__}: {error}"),))
    saying.say(outcome)
    own.close()
    sys.stderr.flush()
    # Threads of the SDK may still wait for an engine that has ended.
    os._exit(0)


def _redirect_output(log: Path) -> None:
    """What the SDK prints belongs to no command's output."""
    output = log.open("a", encoding="utf-8", buffering=1)
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    sys.stdout = sys.stderr = output
