"""AS numbers, routing instances and loopbacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain, count

from virgem.modules.codes import problem
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.problem import Mark, Problem
from virgem.network.addressing import Want
from virgem.network.keys import site_key
from virgem.network.lock import FILE, Lock
from virgem.network.model import SHARED, Vrf

LOOPBACKS = "space loopback"
# Private AS numbers of two and of four octets (RFC 6996).
_PRIVATE = (range(64512, 65535), range(4_200_000_000, 4_294_967_295))
_FIRST_TABLE = 1001  # clear of the tables Linux knows by name: 253 to 255
_FIRST_VNI = 10001


def wants(estate: Estate) -> Iterator[Want]:
    """Yield a loopback for every site's router: /32 and /128; the first of a range stays unused."""
    yield Want(key=LOOPBACKS, within="", what="loopbacks", order4=5, order6=64, space=True, skip4=0, skip6=0)
    for town in estate.municipalities:
        for site in town.sites:
            key, what = f"router {site_key(town, site)}", f"the router of {site.path}"
            yield Want(key=key, within=LOOPBACKS, what=what, order4=0, order6=0, mark=site.origin.mark)


class Dealt:
    """Whole numbers by key: those of the lock, and the next free ones; `problems` where two keys hold one number."""

    def __init__(self, lock: Lock, name: str, marks: dict[str, Mark], taken: dict[int, str]) -> None:
        self.lock, self.name, self.marks = lock, name, marks
        self.numbers: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.taken = dict(taken)
        for key in sorted(marks):
            self._keep(key)

    def _keep(self, key: str) -> None:
        entry = self.lock.entries.get(key)
        number = entry.number(self.name) if entry else None
        if number is None:
            return
        self.numbers[key] = number
        rival = self.taken.setdefault(number, key)
        if rival != key:
            line = self.lock.mark(key)
            text = f"{self.name} {number} is kept for '{key}' in {FILE}, but '{rival}' has it"
            hint = f"delete line {line.line} of {FILE} and it gets a new number"
            self.problems.append(problem("E609", self.marks[key], text, hint, (line,)))

    def deal(self, candidates: Iterable[int], gone: Iterable[int]) -> dict[str, int]:
        """Give every key without a number the next candidate that is free, and never one of a key that is gone."""
        held = set(gone)
        free = (number for number in candidates if number not in self.taken and number not in held)
        for key in sorted(self.marks):
            if key not in self.numbers:
                self.numbers[key] = next(free)
        return self.numbers


def as_numbers(estate: Estate, lock: Lock) -> tuple[dict[str, int], list[Problem]]:
    """Return the AS number of every municipality by `asn <nis>`: they follow the region's within its private range."""
    marks = {f"asn {town.nis}": town.origin.mark for town in estate.municipalities}
    dealt = Dealt(lock, "number", marks, {int(estate.pools.asn): "pools.asn"})
    private = next((numbers for numbers in _PRIVATE if estate.pools.asn in numbers), _PRIVATE[1])
    after = max(int(estate.pools.asn) + 1, private.start) if estate.pools.asn in private else private.start
    # A range of two octets holds 1,023: more than there are municipalities, but fewer than ever were.
    gone = [] if len(private) < 2000 else _gone(lock, "asn", "number", marks)
    return dealt.deal(chain(range(after, private.stop), private), gone), dealt.problems


def _gone(lock: Lock, kind: str, name: str, active: Iterable[str]) -> list[int]:
    held = {key: entry.number(name) for key, entry in lock.kind(kind).items()}
    return [number for key, number in held.items() if key not in set(active) and number is not None]


def vrfs(estate: Estate, lock: Lock, asn: dict[str, int]) -> tuple[dict[str, Vrf], list[Problem]]:
    """Return the routing instances by name: the operator's, and every municipality's own and that of its guests."""
    owners: dict[str, Municipality | None] = {SHARED: None}
    for town in estate.municipalities:
        owners |= {f"t{town.nis}": town, f"g{town.nis}": town}
    marks = {f"vrf {name}": (town or estate).origin.mark for name, town in owners.items()}
    numbers, problems = {}, []
    for name, first in (("table", _FIRST_TABLE), ("vni", _FIRST_VNI)):
        dealt = Dealt(lock, name, marks, {})
        numbers[name] = dealt.deal(count(first), _gone(lock, "vrf", name, marks))
        problems += dealt.problems
    made = (
        _vrf(estate, n, t, numbers["table"][f"vrf {n}"], numbers["vni"][f"vrf {n}"], asn) for n, t in owners.items()
    )
    return {vrf.name: vrf for vrf in made}, problems


def _vrf(estate: Estate, name: str, town: Municipality | None, table: int, vni: int, asn: dict[str, int]) -> Vrf:
    guest = name.startswith("g")
    owner = asn[f"asn {town.nis}"] if town else int(estate.pools.asn)
    target = f"{owner}:{2 if guest else 1}"
    return Vrf(name=name, tenant=town.id if town else SHARED, guest=guest, table=table, vni=vni, target=target)


def names(estate: Estate) -> dict[str, str]:
    """Return the host name of every site's router by path, `rtr-kortrijk-stadhuis`, one DNS label (RFC 1035) each."""
    plain = {site.path: f"rtr-{town.id}-{site.id}" for town in estate.municipalities for site in town.sites}
    seen = Counter(plain.values())
    return {path: name if seen[name] == 1 and len(name) <= 63 else _short(name, path) for path, name in plain.items()}


def _short(name: str, path: str) -> str:
    """Return a name of at most 63 characters that is this path's alone."""
    return f"{name[:54].rstrip('-')}-{sha256(path.encode()).hexdigest()[:8]}"
