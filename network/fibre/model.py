"""The values that the design of a fibre plan is made of. Lengths in km, losses in dB, capacities in bit/s."""

from __future__ import annotations

from dataclasses import dataclass

Coordinates = tuple[float, float]  # longitude, latitude in degrees, WGS84 (RFC 7946, section 3.1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PopPlan:
    """A point of presence on the map; points of one site are one place, where fibres are patched."""

    id: str
    at: Coordinates
    site: str = ""  # path
    datacentre: str = ""  # ids of the datacentres at its site
    label: str = ""
    owner: str = ""
    spans: tuple[str, ...] = ()  # that end here


@dataclass(frozen=True, slots=True, kw_only=True)
class DuctPlan:
    """A duct on the map with all that a cut of it takes."""

    id: str
    ends: tuple[str, str]  # points of presence
    route: tuple[Coordinates, ...]
    km: float
    cables: tuple[str, ...]
    spans: tuple[str, ...]
    owners: tuple[str, ...]  # roles that own a cable in it
    manager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way from a site to a datacentre over whole spans."""

    datacentre: str
    ducts: tuple[str, ...]
    spans: tuple[str, ...]
    km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandPlan:
    """What a site needs and gets: two paths without a common duct, or those ducts that sever it."""

    site: str
    classification: int
    paths: tuple[Path, ...]  # two when they share no duct, one when only one way is there, none without any
    node_disjoint: bool = False  # the two paths pass no common place between their ends either
    severed_by: tuple[str, ...] = ()  # each of these ducts alone takes all ways to all datacentres
    survives: bool = False  # after a cut of any one duct some way to a datacentre is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one cut duct does to one demand."""

    duct: str
    site: str
    paths: tuple[int, ...]  # which of its paths are gone, counted from 1
    left: str  # "path 1", "path 2", "another way" or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is left between a municipality's hub and the datacentres after the cut of one duct."""

    duct: str
    hub: str
    whole: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LitLink:
    """A link over spans and the best optics of its rate at its two ends."""

    id: str
    between: tuple[str, ...]
    capacity: int
    spans: tuple[str, ...]
    km: float
    transceiver: str
    wavelength: int
    loss: float
    budget: float
    dispersion: float  # ps/nm, the largest magnitude over the lanes
    bearable: float  # ps/nm, what the transceiver bears

    @property
    def bears(self) -> bool:
        """Whether the light arrives and can be told apart."""
        return self.margin >= 0 and self.dispersion <= self.bearable

    @property
    def margin(self) -> float:
        """What the budget leaves for ageing and repairs."""
        return self.budget - self.loss


@dataclass(frozen=True, slots=True, kw_only=True)
class FibrePlan:
    """All that the design found, each by the name of what it is about."""

    pops: tuple[PopPlan, ...] = ()
    ducts: tuple[DuctPlan, ...] = ()
    demands: tuple[DemandPlan, ...] = ()
    losses: tuple[Loss, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    links: tuple[LitLink, ...] = ()


NO_FIBRE = FibrePlan()
