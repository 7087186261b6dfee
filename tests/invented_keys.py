"""Public ssh keys whose private half nobody has: in the place of the point stands the digest of a sentence."""

from __future__ import annotations

import base64
import hashlib
import struct


def packed(*fields: bytes) -> bytes:
    """Strings as the wire has them (RFC 4251)."""
    return b"".join(struct.pack(">I", len(field)) + field for field in fields)


def line(*fields: bytes) -> str:
    """A public key of these fields, the first of which is its type."""
    return f"{fields[0].decode()} {base64.b64encode(packed(*fields)).decode()}"


def invented(path: str, estate: str) -> str:
    """The invented access key of this path in this estate."""
    sentence = f"virgem: invented access key {path} of {estate}"
    return line(b"ssh-ed25519", hashlib.sha256(sentence.encode()).digest())
