"""Numbers: counts, codes, rates, lengths, degrees."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from virgem.modules.estate.scalars.base import ScalarError, show

_WHOLE = re.compile(r"-?[0-9]+")
_MEASURE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LEADING_ZERO = re.compile(r"-?0+(?=[0-9])")
_RATE = re.compile(r"([0-9]{1,6})(?:\.([0-9]))?([kMGT])")


def refuse_leading_zero(text: str) -> None:
    """Raise ScalarError for a number such as 0250, which YAML 1.1 takes for octal."""
    if found := _LEADING_ZERO.match(text):
        meant = ("-" if text[0] == "-" else "") + text[found.end() :]
        raise ScalarError(f"{show(text)} starts with a zero, so some read it as octal", f"did you mean {meant[:60]}?")


class Number(int):
    """A whole number within bounds; subclasses set them."""

    __slots__ = ()
    what: ClassVar[str] = "a whole number"
    least: ClassVar[int] = 0
    most: ClassVar[int] = 10**12

    def __new__(cls, value: str | int) -> Self:
        """Return the number, or raise ScalarError."""
        text = str(value) if not isinstance(value, str) else value
        if not _WHOLE.fullmatch(text):
            raise ScalarError(f"{show(text)} is not {cls.what}", f"allowed: {cls.least} to {cls.most}")
        refuse_leading_zero(text)
        # A length check first: int() on thousands of digits is slow and raises a ValueError of its own.
        if len(text) > 20 or not cls.least <= int(text) <= cls.most:
            raise cls._out_of_bounds(text)
        return super().__new__(cls, int(text))

    @classmethod
    def _out_of_bounds(cls, text: str) -> ScalarError:
        less = text.startswith("-") or (len(text) < 20 and int(text) < cls.least)
        bound = f"{'less' if less else 'more'} than is allowed here" if cls.what == Number.what else f"not {cls.what}"
        shown = text if len(text) <= 60 else show(text)
        return ScalarError(f"{shown} is {bound}", f"allowed: {cls.least} to {cls.most}")

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the written form."""
        return {"type": "integer", "minimum": cls.least, "maximum": cls.most}


class Count(Number):
    """How many, from 0 to a million."""

    __slots__ = ()
    most = 1_000_000


class VlanId(Number):
    """An IEEE 802.1Q VLAN id that may carry traffic."""

    __slots__ = ()
    what, least, most = "a VLAN id", 1, 4094


class Asn(Number):
    """A private autonomous system number (RFC 6996) or a public one."""

    __slots__ = ()
    what, least, most = "an AS number", 1, 4_294_967_294


class Port(Number):
    """A TCP or UDP port."""

    __slots__ = ()
    what, least, most = "a port", 1, 65535


class RackUnit(Number):
    """A unit of a rack (U, 44.45 mm), from 1 at the bottom, or how many of them."""

    __slots__ = ()
    what, least, most = "a number of rack units", 1, 100


class Copies(Number):
    """How many copies of data are kept."""

    __slots__ = ()
    what, least, most = "a number of copies", 1, 10


class Percent(Number):
    """A share of a whole in percent."""

    __slots__ = ()
    what, most = "a percentage", 100


class InfoClass(Number):
    """A class of the Flemish information classification framework (ICR), 1 low to 5 very high."""

    __slots__ = ()
    what, least, most = "an ICR class", 1, 5


class Level(Number):
    """A score from 1 to 5 (maturity, likelihood, impact)."""

    __slots__ = ()
    what, least, most = "a score", 1, 5


_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Capacity(int):
    """A data rate in bit/s, written `200M`, `10G`."""

    __slots__ = ()
    what: ClassVar[str] = "a capacity"

    def __new__(cls, value: str | int) -> Self:
        """Return the rate in bit/s, or raise ScalarError."""
        if isinstance(value, int):
            return super().__new__(cls, value)
        found = _RATE.fullmatch(value)
        if not found:
            raise ScalarError(f"{show(value)} is not {cls.what}", "a number with k, M, G or T: 200M, 10G")
        tenths = int(found[1]) * 10 + int(found[2] or 0)
        return super().__new__(cls, tenths * _UNITS[found[3]] // 10)

    def __str__(self) -> str:
        """Return the shortest written form."""
        for unit, size in reversed(_UNITS.items()):
            if self >= size and self % (size // 10) == 0:
                return f"{self / size:g}{unit}"
        return str(int(self))

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the written form."""
        return {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9])?[kMGT]$"}


class Decimals(float):
    """A measured number with at most five decimals, within bounds; subclasses set them."""

    __slots__ = ()
    what: ClassVar[str] = "a number"
    least: ClassVar[float] = 0.0
    most: ClassVar[float] = 1e9

    def __new__(cls, value: str | float) -> Self:
        """Return the number, or raise ScalarError."""
        text = value if isinstance(value, str) else f"{value:.6f}".rstrip("0").rstrip(".")
        bounds = f"allowed: {cls.least:g} to {cls.most:g}"
        if not _MEASURE.fullmatch(text):
            raise ScalarError(f"{show(text)} is not {cls.what}", bounds)
        refuse_leading_zero(text)
        number = float(text)
        if not cls.least <= number <= cls.most:
            bound = f"{'less' if number < cls.least else 'more'} than is allowed here"
            shown = f"{number:g}" if len(text) <= 24 else show(text)
            raise ScalarError(f"{shown} is {bound if cls.what == Decimals.what else f'not {cls.what}'}", bounds)
        if len(text) > 24:
            raise ScalarError(f"{show(text)} has more than five decimals", bounds)
        return super().__new__(cls, number)

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the written form."""
        return {"type": "number", "minimum": cls.least, "maximum": cls.most}


class Kilometres(Decimals):
    """A length in km."""

    __slots__ = ()
    what, most = "a length in km", 1000.0


class Ratio(Decimals):
    """How often something is promised."""

    __slots__ = ()
    what, least, most = "a ratio", 0.1, 64.0


class Decibels(Decimals):
    """A loss in dB."""

    __slots__ = ()
    what, most = "a loss in dB", 100.0


class Latitude(Decimals):
    """Degrees north, WGS84, within Flanders and its surroundings."""

    __slots__ = ()
    what, least, most = "a latitude of Flanders", 50.0, 52.0


class Longitude(Decimals):
    """Degrees east, WGS84, within Flanders and its surroundings."""

    __slots__ = ()
    what, least, most = "a longitude of Flanders", 2.0, 6.5
