"""Who may log in to the servers of a tenant: its access keys, as key pairs and as what servers get at their first boot.

Pure: that a key has ended is for the server to judge, by its own clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from virgem.modules.cloud.model import AccessKey
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.estate import model
from virgem.modules.estate.model import Estate


def access_keys(estate: Estate, tenant: Tenant) -> tuple[AccessKey, ...]:
    """Return the keys that the servers of a tenant take, by name: the operator's and its own."""
    return tuple(sorted(map(_key, (*estate.access_keys, *tenant.share.access_keys)), key=lambda made: made.name))


def _key(declared: model.AccessKey) -> AccessKey:
    # Letters, digits, "-", "_" and blanks are all that Nova takes; no identifier has a "_", so no two names are alike.
    return AccessKey(name=declared.path.replace("/", "_"), public=str(declared.public), until=str(declared.until or ""))


def user_data(keys: tuple[AccessKey, ...]) -> str:
    """Return what a server does at its first boot, as cloud-init reads it: take these keys; "" where there are none.

    They are those of the user that its image logs in as.
    """
    if not keys:
        return ""
    # A text of JSON is one of YAML too.
    return "\n".join(("#cloud-config", "ssh_authorized_keys:", *(f"- {json.dumps(_line(key))}" for key in keys), ""))


def _line(key: AccessKey) -> str:
    """Return a key as a line of authorized_keys (sshd(8)); it is named, so that each side finds the other."""
    return " ".join((*_options(key), key.public, key.name))


def _options(key: AccessKey) -> Iterator[str]:
    # To the end of the day, by the server's clock: sshd would take a day alone for its beginning.
    if key.until:
        yield f'expiry-time="{key.until.replace("-", "")}235959"'
