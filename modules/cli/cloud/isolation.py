"""`virgem cloud isolation`: ask as every tenant for what is another's."""

from __future__ import annotations

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.estate import output_folder
from virgem.modules.cli.verb import DONE, FAILED


def _run(work: Work) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying, isolating, isolation
    from virgem.modules.cloud.engine import client

    site, out, harmful = work.site, work.out, work.args.attempts
    if harmful:
        work.agree(f"This tries to change in {site.access.url} what is another's: where it is let, it does harm.")
    credentials = applying.credentials(site, work.tenants)
    with out.step("Find out what there is"):
        found = isolating.census(client.operator(site.access.variables()))
    with out.step(f"Ask for all {len(found)} objects as {len(credentials)} tenants"):
        results = isolating.prove(credentials, found, harmful=harmful, report=out.note)
    out.say(isolation.face(results))
    told = isolating.document(site.access.url, results, harmful=harmful)
    file = output_folder(work.args, work.ready.estate) / "cloud" / "isolation.json"
    files.write_atomic(file, isolating.as_bytes(told))
    out.note(f"every attempt is in {file}")
    out.document("CloudIsolation", told)
    return FAILED if {"hole", "unclear"} & set(told["verdicts"]) else DONE


ACTION = Action(
    name="isolation",
    help="ask as every tenant for what is another's",
    run=_run,
    options={
        "--attempts": {
            "action": "store_true",
            "help": "try also to join, change and delete; where a tenant is not kept out, that does harm",
        }
    },
)
