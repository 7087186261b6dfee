"""virgem explain: one flow through the planned network, hop by hop, and what would have to change where it stops."""

from __future__ import annotations

import argparse

from virgem.modules.cli.console import Console
from virgem.modules.cli.estate import add_estate, estate_folder, prepared_estate, shown_folder
from virgem.modules.cli.verb import CHANGES, DONE, Verb

PROTOCOLS = ("tcp", "udp", "icmp")


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    parser.add_argument("source", metavar="SOURCE", help="where the flow starts: kortrijk/bib:administration, a device")
    parser.add_argument("destination", metavar="DESTINATION", help="where it ends: shared:dns, kortrijk:web, 10.1.2.3")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="", help="default: what the destination is there for")
    parser.add_argument("--port", type=int, metavar="N", help="default: what the destination is there for")
    parser.add_argument("--family", type=int, choices=(4, 6), help="only IPv4 or IPv6 (default: both)")
    parser.set_defaults(output=None)


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cloud.guards import CloudGuards
    from virgem.network.explain import faces
    from virgem.network.explain.answer import explain
    from virgem.network.explain.model import Verdict
    from virgem.network.explain.walk import Known

    ready = prepared_estate(args, out)
    known = Known(estate=ready.estate, plan=ready.plan, guards=CloudGuards(ready.estate, ready.plan))
    found = explain(known, (args.source, args.destination), args.protocol, args.port, args.family)
    out.say(faces.as_text(found, shown_folder(estate_folder(args))))
    out.document("Explanation", {"estate": str(ready.estate.name), **faces.as_data(found)})
    return DONE if found.verdict is Verdict.PASSES else CHANGES


VERB = Verb(
    name="explain",
    help="follow one flow through the planned network hop by hop, and say why it passes, or what would let it; "
    "exit code 2 when it does not",
    arguments=_arguments,
    run=_run,
    example="virgem explain inventories/zuid-west-vlaanderen kortrijk/bib:library-staff kortrijk:loket --port 443",
)
