"""Where the process begins: small, so that an interrupt is obeyed alike while all else is still being loaded.

SIGTERM, by which a CI system cancels a job, is obeyed as an interrupt is.
"""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 128 + signal.SIGINT


class Terminated(KeyboardInterrupt):
    """The interrupt that a SIGTERM is."""


def run() -> None:
    """Run the command line of this process."""
    sys.unraisablehook = interrupt_again
    signal.signal(signal.SIGTERM, terminate)
    # Pools end their processes by this signal.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    try:
        # A caller may have closed them (>&-); what is then written goes nowhere, as it asked.
        sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
        sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
        from virgem.modules.cli.main import main

        code = main(sys.argv[1:])
    except KeyboardInterrupt as stop:
        code = stopped(128 + signal.SIGTERM if isinstance(stop, Terminated) else INTERRUPTED)
    # All is done and told: an interrupt while the interpreter ends has nothing left to stop.
    _ignore_interrupts()
    sys.exit(code)


def terminate(*_: object) -> None:
    """Obey a SIGTERM."""
    raise Terminated


def stopped(code: int) -> int:
    """Tell that an interrupt was obeyed, undisturbed by a second one; return the exit code."""
    _ignore_interrupts()
    sys.stderr.write("interrupted: nothing is half-written; run the command again to finish\n")
    return code


def _ignore_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def interrupt_again(found: sys.UnraisableHookArgs) -> None:
    """Bring back an interrupt that came where Python can raise nothing (a finaliser, a callback of the collector)."""
    if not issubclass(found.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(found)
        return
    # A moment later, in the code that can be stopped: at once it would end in this hook.
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01)


if __name__ == "__main__":
    run()
