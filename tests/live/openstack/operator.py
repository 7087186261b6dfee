"""One operator's machine at work on a shared state: a program that the tests start, with variables of its own.

It applies stacks that hold no object of a cloud, with a secret output, by the real engine. With WAIT_FOR in its
environment the program waits, holding the stack, until that file is there.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pulumi

from virgem.modules.cloud import applying
from virgem.modules.cloud.engine import place, store, workers
from virgem.modules.cloud.engine.access import access
from virgem.modules.cloud.engine.running import Order
from virgem.modules.problem import UserError


def program() -> None:
    """Declare one secret; hold the stack as long as is wished."""
    pulumi.export("secret", pulumi.Output.secret(os.environ["SECRET"]))
    if wanted := os.environ.get("WAIT_FOR"):
        Path(wanted).with_suffix(".waiting").touch()
        while not Path(wanted).exists():
            time.sleep(0.05)


def main(what: str, *stacks: str) -> None:
    """Print what came of it: the stacks that the store holds, the faults and the outputs, or the refusal."""
    who, where = access(), place.place("klein", None)
    engine = applying.engine(where, who)
    try:
        place.prepare(where, who)
        held = sorted(store.enter(where, engine, os.environ.get("ESTATE", "klein"), who.url))
    except UserError as error:
        print(json.dumps({"refused": error.message, "hint": error.hint}))
        return
    needs = {stack: frozenset[str]() for stack in stacks}

    def order(stack: str) -> Order:
        return Order(what=what, stack=stack, program=program)

    outcomes = list(workers.run_all(needs, order, where, engine, 4))
    faults = [fault.message for outcome in outcomes for fault in outcome.faults]
    outputs = sorted({name for outcome in outcomes for name in outcome.outputs})
    print(json.dumps({"held": held, "faults": faults, "outputs": outputs, "folder": str(where.folder)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
