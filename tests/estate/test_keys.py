"""Public ssh keys: taken where they are what they say, refused with the way out where they are not, and never shown."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from invented_keys import invented, line, packed

from virgem.modules.estate.scalars import PublicKey, ScalarError

from .texts import KORTRIJK, KORTRIJK_FILE, all_said, good, loaded

ED = invented("operator/beheer", "proef")
POINT = ec.derive_private_key(7, ec.SECP256R1()).public_key()
BYTES = POINT.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
EC = line(b"ecdsa-sha2-nistp256", b"nistp256", BYTES)
MODULUS = b"\x00\xff" + b"\x5a" * 382 + b"\x01"


def made(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


CURVES = (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())
TAKEN = {
    "ed25519": made(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
    **{curve.name: made(ec.derive_private_key(7, curve).public_key()) for curve in CURVES},
    "rsa": line(b"ssh-rsa", b"\x01\x00\x01", MODULUS),
    "sk-ed25519": line(b"sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"),
    "sk-ecdsa": line(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", BYTES, b"ssh:"),
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_a_key_of_each_type_is_taken_as_it_is(text: str) -> None:
    assert PublicKey(text) == text
    assert re.fullmatch(str(PublicKey.schema()["pattern"]), text)


REFUSED = {
    "cut short": (ED[:-4], "what stands behind ssh-ed25519 is no key of that type"),
    "of another type": (ED.replace("ssh-ed25519", "ssh-rsa"), "what stands behind ssh-rsa is no key of that type"),
    "two bytes short": (line(b"ssh-ed25519", bytes(30)), "what stands behind ssh-ed25519 is no key"),
    "with more behind": (line(b"ssh-ed25519", bytes(32), b"x"), "what stands behind ssh-ed25519 is no key"),
    "no base64": ("ssh-ed25519 AAAA=AAA", "*** is not a public ssh key"),
    "type alone": ("ssh-ed25519", "*** is not a public ssh key"),
    "empty": ("", "*** is not a public ssh key"),
    "off its curve": (line(b"ecdsa-sha2-nistp256", b"nistp256", BYTES[:-1] + b"\x00"), "is no key of that type"),
    "curve of another": (line(b"ecdsa-sha2-nistp256", b"nistp384", BYTES), "is no key of that type"),
    "compressed": (line(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + BYTES[1:33]), "is no key of that type"),
    "sk without application": (line(b"sk-ssh-ed25519@openssh.com", bytes(32)), "is no key of that type"),
    "3071 bits": (line(b"ssh-rsa", b"\x03", b"\x7f" + MODULUS[2:]), "an RSA key with 3071 bits, 3072 are the least"),
    "negative": (line(b"ssh-rsa", b"\x03", MODULUS[1:]), "what stands behind ssh-rsa is no key"),
    "even exponent": (line(b"ssh-rsa", b"\x04", MODULUS), "what stands behind ssh-rsa is no key"),
    "exponent one": (line(b"ssh-rsa", b"\x01", MODULUS), "what stands behind ssh-rsa is no key"),
    "dsa": ("ssh-dss AAAA", "a DSA key, which OpenSSH takes no more"),
    "certificate": (ED.replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com"), "*** is not a public ssh key"),
    "with options": (f'from="10.0.0.1" {ED}', "*** is not a public ssh key"),
    "with a name": (f"{ED} jan@laptop", "behind the key stands a comment"),
    "two lines": (f"{ED}\n{ED}", "behind the key stands a comment"),
    "line end": (f"{ED}\n", "*** is not a public ssh key"),
    "private": ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb", "a private ssh key stands here"),
    "private in PEM": ("-----BEGIN EC PRIVATE KEY----- MHcC", "a private ssh key stands here"),
    "private without frame": ("b3BlbnNzaC1rZXktdjEAAAAA", "a private ssh key stands here"),
    "private of PuTTY": ("PuTTY-User-Key-File-3: ssh-ed25519", "a private ssh key stands here"),
    "private and long": ("-----BEGIN OPENSSH PRIVATE KEY-----" + "A" * 3000, "a private ssh key stands here"),
    "too long": (f"ssh-rsa {'A' * 2000}", "a public ssh key is at most 1500 characters, this has more"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_key_is_refused_with_a_way_out_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(ScalarError) as found:
        PublicKey(text)
    assert message in found.value.message
    assert found.value.hint
    said = found.value.message + found.value.hint
    assert not [word for word in text.split() if len(word) > 40 and word in said]
    assert "jan@" not in said


def test_any_bit_of_a_point_that_is_lost_is_seen() -> None:
    wrong = [
        line(b"ecdsa-sha2-nistp256", b"nistp256", BYTES[:n] + bytes([BYTES[n] ^ 1]) + BYTES[n + 1 :]) for n in range(65)
    ]
    for text in wrong:
        with pytest.raises(ScalarError):
            PublicKey(text)


def test_the_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    if not shutil.which("ssh-keygen"):
        pytest.skip("needs ssh-keygen")
    for number, text in enumerate(TAKEN.values()):
        file = tmp_path / f"{number}.pub"
        file.write_text(f"{text}\n")
        told = subprocess.run(["ssh-keygen", "-l", "-f", file], capture_output=True, text=True, check=True).stdout
        assert told.split()[1] == PublicKey(text).fingerprint


def test_a_key_is_its_owners_and_known_by_whose_it_is() -> None:
    town = KORTRIJK.replace(
        "cloud: { quota: large }", f"cloud: {{ access-keys: {{ ict: {{ key: {EC} }} }} }}\nowner: welzijn"
    )
    text = f"owners: {{ welzijn: Welzijn }}\naccess-keys: {{ beheer: {{ key: {ED}, until: 2027-06-30 }} }}\n"
    estate = good(loaded(text, **{KORTRIJK_FILE.replace("/", "__"): town}))
    (beheer,) = estate.access_keys
    assert (beheer.path, beheer.owner, str(beheer.until)) == ("operator/beheer", "ict-manager", "2027-06-30")
    share = estate.towns["kortrijk"].cloud
    assert share is not None
    (ict,) = share.access_keys
    assert (ict.path, ict.owner, ict.until) == ("kortrijk/ict", "welzijn", None)


def test_the_role_that_owns_a_key_must_be_declared() -> None:
    (one,) = all_said(loaded(f"access-keys: {{ beheer: {{ key: {ED}, owner: jan }} }}\n"))
    assert "an owner named 'jan' does not exist" in one


def test_a_type_is_read_from_the_key_and_not_only_from_its_first_word() -> None:
    body = base64.b64encode(packed(b"ssh-dss", bytes(32))).decode()
    with pytest.raises(ScalarError, match="is no key of that type"):
        PublicKey(f"ssh-ed25519 {body}")
