"""Many stacks at a time, each in a process of its own: an interrupt reaches all, a stack waits for what it needs."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
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
Work = Callable[[Order, Place, Engine], Outcome]


def run_all(
    needs: Mapping[str, frozenset[str]],
    make: Next,
    where: Place,
    engine: Engine,
    bound: int,
    work: Work = running.work,
) -> Iterator[Outcome]:
    """Yield the outcome of every stack's order, as they come; what needs a stack that failed is left out.

    An interrupt is passed on to all engines, which finish what they began; then it is raised here.
    """
    pool = _Pool(where, engine, work)
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
    def __init__(self, where: Place, engine: Engine, work: Work) -> None:
        self._where, self._engine, self._work = where, engine, work
        self.running: dict[Connection, tuple[str, ForkProcess]] = {}

    def begin(self, order: Order) -> None:
        """Fork, so that the plan and the loaded SDK are there at once; this process has no thread and no connection."""
        its, own = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=_serve, args=(own, order, self._where, self._engine, self._work, os.getpid())
        )
        process.start()
        own.close()
        self.running[its] = order.stack, process

    def finished(self) -> list[Outcome]:
        """Wait for some to end."""
        return [self._take(ready) for ready in wait(list(self.running)) if isinstance(ready, Connection)]

    def _take(self, connection: Connection) -> Outcome:
        stack, process = self.running.pop(connection)
        try:
            outcome: Outcome = connection.recv()
        except (EOFError, OSError):
            message = "the process that ran it was ended from outside; run the command again"
            outcome = Outcome(stack=stack, faults=(Fault(urn="", message=message),))
        connection.close()
        process.join()
        return outcome

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


def _serve(own: Connection, order: Order, where: Place, engine: Engine, work: Work, parent: int) -> None:
    # A terminal's interrupt is the parent's to pass on. When the parent is killed, this ends as at an interrupt.
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGINT)
        if os.getppid() != parent:
            return
    _redirect_output(where.folder / "log" / f"{order.stack}.log")
    try:
        outcome = work(order, where, engine)
    except Exception as error:
        traceback.print_exc()
        outcome = Outcome(stack=order.stack, faults=(Fault(urn="", message=f"{type(error).__name__}: {error}"),))
    own.send(outcome)
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
