"""Public ssh keys: read as the wire has them, so that none reaches a server that its sshd, or Nova, cannot read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self

from virgem.modules.estate.scalars.base import ScalarError, Text

# BSI TR-02102-1 asks 3000 bits of RSA; the next size in use is this.
LEAST_RSA: Final = 3072
_ED25519_BYTES: Final = 32
# How each kind of private key begins: PEM and OpenSSH, PuTTY, and OpenSSH's without its frame.
_PRIVATE: Final = re.compile(r"PRIVATE KEY|PuTTY-User-Key-File|b3BlbnNzaC1rZXktdjE")
_TYPES: Final = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
# Prime and b of the curves y^2 = x^3 - 3x + b (NIST SP 800-186, 3.2.1): a point off its curve is no key.
_CURVES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "nistp256": (
            2**256 - 2**224 + 2**192 + 2**96 - 1,
            0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        ),
        "nistp384": (
            2**384 - 2**128 - 2**96 + 2**32 - 1,
            0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        ),
        "nistp521": (
            2**521 - 1,
            int(
                "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E1"
                "56193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
                16,
            ),
        ),
    }
)


class PublicKey(Text):
    """The public half of an ssh key, `type base64`, as `ssh-keygen` writes it but for the comment."""

    __slots__ = ()
    what = "a public ssh key"
    pattern = rf"(?:{'|'.join(map(re.escape, _TYPES))}) [A-Za-z0-9+/]+={{0,2}}"
    longest = 1_500  # RSA with 8192 bits has 1404
    hidden = True  # it may be the private half, or have somebody's name behind it
    rule = f"ed25519, ecdsa, those of hardware keys (sk-), and RSA from {LEAST_RSA} bits on"
    example = "`ssh-ed25519 AAAA...`"

    def __new__(cls, text: str) -> Self:
        """Return the key in its one form, or raise ScalarError, which repeats nothing of it."""
        if _PRIVATE.search(text):
            raise ScalarError(
                "a private ssh key stands here",
                "it is no secret any more: make a new one, and write its public half, the line in the file that ends "
                "in .pub",
            )
        kind, *rest = text.split() or [""]
        if kind == "ssh-dss":
            raise ScalarError("a DSA key, which OpenSSH takes no more", "make one of ed25519: ssh-keygen -t ed25519")
        if kind in _TYPES and len(rest) > 1:
            raise ScalarError(
                "behind the key stands a comment, which mostly names a person and a machine",
                "write the first two words of the line only: cut -d' ' -f1,2 FILE.pub",
            )
        return super().__new__(cls, text)

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the key as it is encoded once more; raise ScalarError where it is none of the told type."""
        kind, _, body = text.partition(" ")
        try:
            data = base64.b64decode(body, validate=True)
            fields = _fields(data)
        except (binascii.Error, ValueError) as error:
            raise _no_key(kind) from error
        if not fields or fields[0] != kind.encode():
            raise _no_key(kind)
        _check(kind, fields[1:])
        return f"{kind} {base64.b64encode(data).decode()}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint as `ssh-keygen -l` and logs of sshd show it."""
        digest = hashlib.sha256(base64.b64decode(self.partition(" ")[2])).digest()
        return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _no_key(kind: str) -> ScalarError:
    return ScalarError(
        f"what stands behind {kind} is no key of that type", "copy the line of the file that ends in .pub once more"
    )


def _fields(data: bytes) -> tuple[bytes, ...]:
    """Return the strings that a key is made of (RFC 4251, section 5); ValueError where one is cut short."""
    found = []
    while data:
        length = int.from_bytes(data[:4], "big")
        if len(data) < 4 + length:
            raise ValueError("cut short")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return tuple(found)


def _check(kind: str, fields: tuple[bytes, ...]) -> None:
    """Raise ScalarError where the fields behind the type are no key of it (RFC 8709, RFC 5656, RFC 4253, PROTOCOL.u2f).

    A key of a hardware token has the name of its application last.
    """
    if kind == "ssh-rsa":
        return _check_rsa(fields)
    key = fields[:-1] if kind.startswith("sk-") else fields
    if "ed25519" in kind:
        sound = len(key) == 1 and len(key[0]) == _ED25519_BYTES
    else:
        sound = len(key) == 2 and kind.partition("@")[0].endswith(f"-{key[0].decode('latin-1')}") and _on_curve(*key)
    if not sound:
        raise _no_key(kind)
    return None


def _check_rsa(fields: tuple[bytes, ...]) -> None:
    if len(fields) != 2:
        raise _no_key("ssh-rsa")
    exponent, modulus = (int.from_bytes(field, "big", signed=True) for field in fields)
    if modulus <= 0 or not exponent & modulus & 1 or exponent < 3:
        raise _no_key("ssh-rsa")
    if modulus.bit_length() < LEAST_RSA:
        raise ScalarError(
            f"an RSA key with {modulus.bit_length()} bits, {LEAST_RSA} are the least",
            "make one of ed25519: ssh-keygen -t ed25519",
        )


def _on_curve(curve: bytes, point: bytes) -> bool:
    """Tell whether an uncompressed point (SEC 1, 2.3.4) lies on a curve of this name."""
    if (known := _CURVES.get(curve.decode("latin-1"))) is None:
        return False
    prime, b = known
    size = (prime.bit_length() + 7) // 8
    if len(point) != 1 + 2 * size or point[0] != 4:
        return False
    x, y = (int.from_bytes(part, "big") for part in (point[1 : 1 + size], point[1 + size :]))
    return x < prime and y < prime and (y * y - x * x * x + 3 * x - b) % prime == 0
