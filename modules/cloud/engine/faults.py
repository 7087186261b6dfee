"""What the engine and the provider refuse, as sentences that name the tenant, the resource and the way out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from virgem.modules.cloud.engine.place import PASSPHRASE
from virgem.modules.cloud.engine.running import Outcome
from virgem.modules.cloud.engine.steps import Fault, telling
from virgem.modules.problem import UserError

_MOST = 20
_OF_THE_PROGRAM = re.compile(
    r"^(?:an unhandled error occurred: |python inline source runtime error: |invoke of \S+ failed: )*"
    r"(?:invocation of \S+ returned an error: )?(?:invoking \S+: )?(?:\d+ errors? occurred: )?"
)
_AGAIN = "correct what is said, then run the command again: it goes on where it stopped"
_HINTS = (
    # What an S3 store answers looks like an answer of the cloud.
    (r"operation error S3", "is the store of the state up, reachable and open to your keys? run the command again"),
    (r"quota", "raise the quota class of the tenant, or the limits of the cloud; then run the command again"),
    (r"No valid host", "add hosts to that availability zone, or declare less; then run the command again"),
    (r"connection refused|no such host|i/o timeout|connection reset", "is the cloud up and reachable? run it again"),
    (r"\b401\b|Unauthorized|requires authentication", "check the user, password and project of your access"),
    (r"\b403\b|Forbidden|not authorized", "the operator's user needs the role admin"),
    (r"is protected|it is currently marked for protection", "use `cloud destroy`, which asks for the number it takes"),
    (r"apply that stack first|unknown stack", "run `cloud up` without --tenant, or with the tenant named shared"),
    (r"incorrect passphrase|passphrase must be set", f"give the passphrase that the state was made with: {PASSPHRASE}"),
    (
        r"currently locked by",
        "wait until that one is done, then run the command again; when it is gone for good: "
        'eval "$(virgem cloud env)"; pulumi cancel --stack organization/virgem/<the stack>',
    ),
    (
        r"availability.?zone",
        "the cloud needs an availability zone of the name of each datacentre, for both compute and volumes",
    ),
)


def failed(outcomes: Iterable[Outcome], tenant_of: Mapping[str, str]) -> UserError | None:
    """Return all that went wrong as one failure, None when nothing did."""
    lines = [line for outcome in outcomes for line in _lines(outcome, tenant_of)]
    if not lines:
        return None
    shown = lines[:_MOST]
    more = [f"... and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return UserError("\n  ".join(["the cloud refused:", *shown, *more]), _hint("\n".join(lines)))


def _lines(outcome: Outcome, tenant_of: Mapping[str, str]) -> Iterator[str]:
    whose = f"tenant {tenant_of.get(outcome.stack, outcome.stack)}, stack {outcome.stack}"
    # The engine says most things twice, once in words of its own.
    yield from dict.fromkeys(f"{whose}, {_resource(fault)}{reason(fault.message)}" for fault in telling(outcome.faults))


def _resource(fault: Fault) -> str:
    kind, _, name = fault.urn.rpartition("::")
    token = kind.rpartition("$")[2].rpartition("::")[2]
    return f"{token.rpartition(':')[2]} {name}: " if name and not token.startswith("pulumi:") else ""


def reason(message: str) -> str:
    """Return the cloud's own words of a provider's message, on one line."""
    text = re.sub(r"^(?:error: )?(?:creating|updating|deleting|reading) urn:\S+: ", "", " ".join(message.split()))
    text = re.sub(r"^(?:\d+ errors? occurred:|\* )", "", text).strip()
    # What the program that asked was in the middle of says nothing to who reads this.
    text = _OF_THE_PROGRAM.sub("", text.partition(" Traceback (most recent call last)")[0])
    text = re.sub(r"sdk-v2/\S+: sdk\.helper_schema: ", "", text)
    text = re.sub(r": provider=openstack@\S+", "", text).replace("* ", "")
    found = re.search(
        r"(.*?)Expected HTTP response code .*? when accessing \[(\S+) .*?\], but got (\d+) instead:? ?(.*)", text
    )
    if not found:
        return text
    before, _, status, body = found.groups()
    return f"{before}{status} {_words(body)}".strip()


def _words(body: str) -> str:
    """Return the message in a service's JSON answer; each service has a shape of its own."""
    start, end = body.find("{"), body.rfind("}")
    try:
        told = json.loads(body[start : end + 1])
    except ValueError:
        return body
    while isinstance(told, dict):
        told = next((told[key] for key in ("message", "faultstring", "detail") if key in told), None) or next(
            (value for value in told.values() if isinstance(value, dict | str)), ""
        )
    return str(told) or body


def _hint(text: str) -> str:
    return next((hint for pattern, hint in _HINTS if re.search(pattern, text, re.IGNORECASE)), _AGAIN)
