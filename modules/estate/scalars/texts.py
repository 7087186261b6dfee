"""Texts: names, identifiers, addresses, dates, references."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import ClassVar, Final, Self

from netaddr import INET_PTON, AddrFormatError, IPAddress, IPNetwork

from virgem.modules.estate.scalars.base import ScalarError, Text, show
from virgem.modules.estate.scalars.numbers import Port, refuse_leading_zero

# As timestamps of YAML and of databases are written.
_DAY_AND_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}[0-9:.,+ Zz-]{0,30}")
# 1 to 65535, no zero before it.
_PORT: Final = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"


class Label(Text):
    """A display name: free to change, nothing is keyed by it."""

    __slots__ = ()
    what = "a display name"
    pattern = r"[A-Za-z0-9À-ÖØ-öø-ÿ'][A-Za-z0-9À-ÖØ-öø-ÿ .,:()/'+&_%*-]*"
    longest = 80
    example = "Stadhuis Kortrijk"


class Description(Text):
    """A sentence for people."""

    __slots__ = ()
    what = "a description"
    longest = 400


class Identifier(Text):
    """A name that other text refers to, and that keys addresses and resources."""

    __slots__ = ()
    what = "an identifier"
    # Digits alone are a number to most readers of YAML and JSON, and a NIS code to people.
    pattern = r"(?![0-9]+$)[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9]))*"
    longest = 40
    rule = "lower-case letters, digits and single hyphens between them, not digits alone"
    example = "town-hall"


class TaggedName(Text):
    """A name from an outside register: order, contract, asset, serial and document numbers."""

    __slots__ = ()
    what = "a reference number"
    pattern = r"[A-Za-z0-9][A-Za-z0-9._/-]*"
    longest = 64
    rule = "letters, digits and . _ / -"
    example = "2026-LOT1-0042"


class Hostname(Text):
    """A host label or dotted name (RFC 1123), lower case."""

    __slots__ = ()
    what = "a host name"
    pattern = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
    longest = 253
    rule = "labels of letters, digits and hyphens, joined by dots (RFC 1123)"
    example = "loket.kortrijk.example"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return lower case: names compare without case."""
        return text.lower()


class NisCode(Text):
    """The five digits of a Belgian municipality (Statbel REFNIS)."""

    __slots__ = ()
    what = "a NIS code"
    pattern = r"[1-9][0-9]{4}"
    longest = 5
    rule = "five digits"
    example = "34022"


class KboNumber(Text):
    """A Belgian enterprise number: ten digits, the last two are 97 minus the first eight modulo 97."""

    __slots__ = ()
    what = "a KBO number"
    pattern = r"[01][0-9]{3}\.?[0-9]{3}\.?[0-9]{3}"
    longest = 12
    rule = "ten digits, dots allowed"
    example = "0205.350.681"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the ten bare digits, their check digits verified."""
        digits = text.replace(".", "")
        expected = 97 - int(digits[:8]) % 97
        if int(digits[8:]) != expected:
            raise ScalarError(
                f"KBO number {digits} has wrong check digits", f"the last two digits would be {expected:02d}"
            )
        return digits


class MacAddress(Text):
    """A 48-bit MAC address in colon form, lower case."""

    __slots__ = ()
    what = "a MAC address"
    pattern = r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}"
    longest = 17
    rule = "six pairs of hexadecimal digits"
    example = "02:00:5e:10:00:01"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return lower case with colons."""
        return text.lower().replace("-", ":")


class PortName(Text):
    """The name that a network port of a router gets; not one that virgem gives to what it makes itself."""

    __slots__ = ()
    what = "the name of a network port"
    pattern = r"(?!(?:lo|all|default|shared|(?:br|vx|wg|t|g|eth)[0-9]+)$)[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,14}"
    longest = 15
    rule = "lower-case letters, digits and single hyphens; not what the kernel or virgem names (eth0, lo, wg0)"
    example = "wan0"


class InterfaceName(Text):
    """The name of a network interface of Linux, as the host's own system calls it (at most 15 bytes)."""

    __slots__ = ()
    what = "the name of a network interface"
    pattern = r"[a-zA-Z][a-zA-Z0-9._-]*"
    longest = 15
    rule = "letters, digits and . _ -, starting with a letter"
    example = "bond0"


class PortPath(Text):
    """Where a network port sits in a machine, as udev says it (ID_PATH): the same on every machine of a model."""

    __slots__ = ()
    what = "the path of a network port"
    pattern = r"(?:pci|platform|acpi|usb)-[0-9A-Za-z][0-9A-Za-z:._-]*"
    longest = 80
    rule = "what `udevadm info /sys/class/net/NAME` says as ID_PATH"
    example = "pci-0000:01:00.0"


class Address(Text):
    """An IP address in canonical form, without a prefix length."""

    __slots__ = ()
    what = "an IP address"
    pattern = r"[0-9A-Fa-f:.]+"
    longest = 39
    rule = "an IPv4 or IPv6 address, no prefix length"
    example = "203.0.113.1"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the canonical text; refuse what only older notations take for an address (127.1)."""
        try:
            return str(IPAddress(text, flags=INET_PTON))
        except (AddrFormatError, ValueError) as error:
            raise ScalarError(f"{show(text)} is not {cls.what}", cls._hint()) from error

    @property
    def address(self) -> IPAddress:
        """The address as a netaddr value."""
        return IPAddress(str(self))


class InterfaceAddress(Text):
    """An IP address as an interface bears it: with the length of its prefix, or alone when others tell that."""

    __slots__ = ()
    what = "an IP address, with or without a prefix length"
    pattern = r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?"
    longest = 43
    rule = "an IPv4 or IPv6 address, if need be with /length"
    example = "203.0.113.2/29"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the canonical text, host bits kept."""
        bare, slash, length = text.partition("/")
        try:
            address = IPAddress(bare, flags=INET_PTON)
        except (AddrFormatError, ValueError) as error:
            raise ScalarError(f"{show(text)} is not {cls.what}", cls._hint()) from error
        most = 32 if address.version == 4 else 128
        if slash and int(length) > most:
            raise ScalarError(f"{show(text)} is not {cls.what}", f"IPv{address.version} has lengths up to {most}")
        return f"{address}/{int(length)}" if slash else str(address)

    @property
    def ip(self) -> IPAddress:
        """The address as a netaddr value."""
        return IPAddress(self.partition("/")[0])

    @property
    def network(self) -> IPNetwork | None:
        """The address with the prefix around it as a netaddr value; None without a length."""
        return IPNetwork(str(self)) if "/" in self else None


class Prefix(Text):
    """An IP prefix in canonical form: no host bits, IPv6 compressed."""

    __slots__ = ()
    what = "an IP prefix"
    pattern = r"[0-9A-Fa-f:.]+/[0-9]{1,3}"
    longest = 43
    rule = "address/length"
    example = "10.0.0.0/9"
    version: ClassVar[int] = 0

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the canonical text; refuse host bits and the other family."""
        try:
            network = IPNetwork(text)
        except (AddrFormatError, ValueError) as error:
            raise ScalarError(f"{show(text)} is not {cls.what}", cls._hint()) from error
        if cls.version and network.version != cls.version:
            message = f"{show(text)} is IPv{network.version}, here an IPv{cls.version} prefix belongs"
            raise ScalarError(message, cls._hint())
        if network.ip != network.network:
            raise ScalarError(f"{show(text)} has host bits set", f"did you mean {network.cidr}?")
        return str(network)

    @property
    def network(self) -> IPNetwork:
        """The prefix as a netaddr value."""
        return IPNetwork(str(self))


class Prefix4(Prefix):
    """An IPv4 prefix."""

    __slots__ = ()
    what = "an IPv4 prefix"
    version = 4


class Prefix6(Prefix):
    """An IPv6 prefix."""

    __slots__ = ()
    what = "an IPv6 prefix"
    version = 6
    example = "fd34:22::/32"


class Date(Text):
    """A calendar day, ISO 8601."""

    __slots__ = ()
    what = "a date"
    pattern = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    longest = 10
    rule = "YYYY-MM-DD"
    example = "2027-06-30"

    def __new__(cls, text: str) -> Self:
        """Return the day, or raise ScalarError."""
        if _DAY_AND_TIME.fullmatch(text):
            raise ScalarError(
                f"{show(text)} is a day and a time, here a day belongs", f"write the day only: {text[:10]}"
            )
        return super().__new__(cls, text)

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the text when the day exists."""
        try:
            datetime.date.fromisoformat(text)
        except ValueError as error:
            raise ScalarError(f"{show(text)} is no day of the calendar", cls._hint()) from error
        return text

    @property
    def day(self) -> datetime.date:
        """The day as a date value."""
        return datetime.date.fromisoformat(self)


class Money(Text):
    """An amount in euro, excluding VAT, at most two decimals."""

    __slots__ = ()
    what = "an amount in euro"
    pattern = r"[0-9]{1,12}(?:\.[0-9]{1,2})?"
    schema_pattern = r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,2})?"
    longest = 15
    rule = "digits, a dot and at most two decimals"
    example = "1249.50"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the text when it is no octal number to others."""
        refuse_leading_zero(text)
        return text

    @property
    def amount(self) -> Decimal:
        """The amount as a decimal."""
        return Decimal(self)


class Price(Money):
    """A price of one unit in euro, excluding VAT: of a GiB it may be less than a cent, so at most four decimals."""

    __slots__ = ()
    what = "a price in euro"
    pattern = r"[0-9]{1,12}(?:\.[0-9]{1,4})?"
    schema_pattern = r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,4})?"
    longest = 17
    rule = "digits, a dot and at most four decimals"
    example = "0.065"


class CyFunId(Text):
    """An identifier of a CyberFundamentals 2025 subcategory or control."""

    __slots__ = ()
    what = "a CyFun identifier"
    pattern = r"(?:GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-[0-9]{2}(?:\.[0-9])?"
    longest = 10
    rule = "function.category-number"
    example = "ID.AM-01.1"


class PrincipleId(Text):
    """A principle of the shipped library: P01-P18 policy, T01-T12 I&T, R01-R06 realisation."""

    __slots__ = ()
    what = "a principle"
    pattern = r"P(?:0[1-9]|1[0-8])|T(?:0[1-9]|1[0-2])|R0[1-6]"
    longest = 3
    rule = "P01 to P18, T01 to T12 or R01 to R06"
    example = "P08"


class SecretRef(Text):
    """A reference to a secret, never the secret: where it is kept and under which name."""

    __slots__ = ()
    what = "a reference to a secret"
    pattern = r"(?:sops|vault|env):[A-Za-z0-9][A-Za-z0-9_./#-]*"
    longest = 160
    hidden = True
    rule = "sops:file#key, vault:path#key or env:NAME"
    example = "vault:kortrijk/files#key"

    @classmethod
    def _hint(cls) -> str:
        return f"a secret that was written here is no secret any more: revoke it; write where it is kept, {cls.rule}"


class Endpoint(Text):
    """One end of a flow: a zone of a site, a municipality or all (`kortrijk/bib:visitor`, `kortrijk:voip`, `*:voip`),
    a shared service (`shared:dns`), a server or a load balancer of a tenant (`kortrijk:web`: both, where both bear the
    name), an upstream (`upstream:flemish`).
    """

    __slots__ = ()
    what = "an end of a flow"
    pattern = r"(?:\*|[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)?):(?:\*|[a-zA-Z0-9][A-Za-z0-9.:/-]*)"
    longest = 120
    rule = "where:what, as in kortrijk/stadhuis:administration, *:visitor, shared:dns, upstream:flemish"
    example = "kortrijk:administration"

    @property
    def where(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def what_there(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]


class ObjectPath(Text):
    """Any object of the estate by its path: a municipality, site, zone, contract, device serial number."""

    __slots__ = ()
    what = "the path of an object"
    pattern = r"[A-Za-z0-9][A-Za-z0-9._/:-]*"
    longest = 120
    rule = "letters, digits and . _ / : -"
    example = "kortrijk/stadhuis:voip"


PROTOCOLS = ("tcp", "udp", "icmp", "any")


class Protocol(Text):
    """A transport protocol of a flow."""

    __slots__ = ()
    what = "a protocol"
    pattern = "|".join(PROTOCOLS)
    longest = 4
    rule = "tcp, udp, icmp or any"


class PortRange(Text):
    """A port or a range of ports, `443` or `8000-8080`."""

    __slots__ = ()
    what = "a port or range of ports"
    pattern = r"[0-9]{1,5}(?:-[0-9]{1,5})?"
    schema_pattern = f"{_PORT}(?:-{_PORT})?"
    longest = 11
    rule = "1 to 65535, or first-last"
    example = "443"

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the text when both ends are ports and in order."""
        ends = [int(Port(part)) for part in text.split("-")]
        if ends[0] > ends[-1]:
            raise ScalarError(f"the range {text} ends before it starts", f"did you mean {ends[-1]}-{ends[0]}?")
        return text

    @property
    def first(self) -> int:
        """The lowest port."""
        return int(self.split("-")[0])

    @property
    def last(self) -> int:
        """The highest port."""
        return int(self.split("-")[-1])


class Ref(Text):
    """The identifier of another object; `target` names the collection it must be found in."""

    __slots__ = ()
    what = "a reference"
    pattern = r"[A-Za-z0-9][A-Za-z0-9._/-]*"
    longest = 120
    rule = "the identifier of the object"
    target: ClassVar[str] = ""
    # Within a municipality's own file "bib" means "kortrijk/bib".
    local: ClassVar[bool] = False


class Kind(Text):
    """The name of a registered kind; `family` names the register (a folder of `kinds/`)."""

    __slots__ = ()
    what = "a kind"
    pattern = r"[a-z0-9][a-z0-9-]*"
    longest = 40
    rule = "the name of a kind"
    family: ClassVar[str] = ""
