"""A store of state that several machines share: what all of them must agree on before any of them works on it.

The engine keeps there, with each stack, its state, its lock and its tags. Two tags of the first stack say whose it is;
the passphrase is compared with what the engine keeps to recognise it by (pulumi/pkg: secrets/passphrase).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pulumi.automation.errors import CommandError

from virgem.modules.cloud.engine import place
from virgem.modules.cloud.engine.command import Command
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import Engine, last_words
from virgem.modules.problem import UserError
from virgem.network.model import SHARED

_ROUNDS = 1_000_000
_KEY_BYTES = 32
# What the engine encrypts beside a state to recognise the passphrase by.
_KNOWN = b"pulumi"
_ESTATE, _CLOUD = "virgem:estate", "virgem:cloud"
_REACHABLE = "is the store up and reachable from here? run it again"
_HINTS = (
    # The engine says of each store that it cannot open it.
    (r"connection refused|no such host|i/o timeout", _REACHABLE),
    (r"get credentials", "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    (
        r"region \"\" is wrong|[Mm]issing ?[Rr]egion|no region",
        "give AWS_REGION the region that the store has, us-east-1 where it tells none",
    ),
    (
        r"password authentication failed|28P01"
        r"|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|access key|\b403\b",
        "check the user and the password, or keys, of your access to the store",
    ),
    (r"does not exist|NoSuchBucket", "make the database, or the bucket, first; the engine makes what lies in it"),
    (r"SSL is not enabled", "the database has no TLS; where that is meant, add sslmode=disable to the URL"),
    (r"HTTP response to HTTPS", "the store has no TLS; where that is meant, write endpoint=http://HOST:PORT"),
    (r"unknown query parameter|open bucket|no scheme", f"see {place.VARIABLE} in docs/cloud.md: postgres:// or s3://"),
)


def enter(where: Place, engine: Engine, estate: str, cloud: str) -> frozenset[str]:
    """Return the stacks of which a shared store holds any object.

    UserError where the store is not of this estate, cloud and passphrase. One that holds nothing yet is made so.
    """
    with (where.folder / "log" / "store.log").open("a", encoding="utf-8") as log:
        command = Command(engine.path, engine.version, log, where.marks)

        def run(*words: str) -> str:
            return command.run(list(words), str(where.folder), engine.variables).stdout

        try:
            stacks = {
                str(stack["name"]): stack.get("resourceCount") for stack in json.loads(run("stack", "ls", "--json"))
            }
            told = _tags(run) if SHARED in stacks else {}
            _compare(where, told, {_ESTATE: estate, _CLOUD: cloud})
            if SHARED in stacks:
                _check_passphrase(where, json.loads(run("stack", "export", "--stack", SHARED)))
            else:
                run("stack", "init", SHARED, "--secrets-provider", "passphrase", "--no-select")
            for name, value in ((_ESTATE, estate), (_CLOUD, cloud)):
                if name not in told:
                    run("stack", "tag", "set", name, value, "--stack", SHARED)
        except CommandError as error:
            raise refusal(where, str(error)) from error
    return frozenset(name for name, count in stacks.items() if count != 0)


def refusal(where: Place, told: str) -> UserError:
    """Return why a store cannot be used, with the way out, of what the engine told."""
    reason = last_words(told)
    way = next((way for pattern, way in _HINTS if re.search(pattern, reason)), _REACHABLE)
    return UserError(f"the store of the state, {where.shown}, cannot be used: {reason}", way)


def _tags(run: Any) -> Mapping[str, str]:
    return dict(json.loads(run("stack", "tag", "ls", "--json", "--stack", SHARED)))


def _compare(where: Place, told: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Refuse a store of another estate or cloud: all that it holds would seem to be one too many, or lost."""
    for name, what in ((_ESTATE, "the estate"), (_CLOUD, "the cloud at")):
        if (has := told.get(name, wanted[name])) != wanted[name]:
            raise UserError(
                f"{where.shown} holds the state of {what} {has}, not of {what} {wanted[name]}",
                "name another store: postgres://HOST/DATABASE?table=NAME, or s3://BUCKET/FOLDER",
            )


# ---- the passphrase


def _check_passphrase(where: Place, exported: Mapping[str, Any]) -> None:
    kept = ((exported.get("deployment") or {}).get("secrets_providers") or {}).get("state") or {}
    salt, phrase = str(kept.get("salt") or ""), place.passphrase(where)
    if salt and not recognised(salt, phrase):
        raise UserError(
            f"the passphrase given is not the one of the state in {where.shown}",
            f"ask those who share it; then {place.PASSPHRASE}",
        )


def recognised(salt: str, phrase: str) -> bool:
    """Tell whether what the engine keeps of a passphrase, `v1:SALT:v1:NONCE:TEXT`, was made with this one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        form, grain, inner, nonce, text = salt.split(":")
        known, once, hidden = (base64.b64decode(part) for part in (grain, nonce, text))
    except ValueError:
        return True
    if (form, inner) != ("v1", "v1"):
        # A form that is not known here; the engine itself refuses what is wrong.
        return True
    key = hashlib.pbkdf2_hmac("sha256", phrase.encode(), known, _ROUNDS, _KEY_BYTES)
    try:
        return AESGCM(key).decrypt(once, hidden, None) == _KNOWN
    except InvalidTag:
        return False
