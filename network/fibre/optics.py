"""Which optics bridge a link: its loss and dispersion beside what transceivers bear.

Attenuation, splices and connectors are in modules/estate/attenuation.py. Chromatic dispersion follows the limits that
ITU-T G.652 (11/2016) table 2 gives for G.652.D, which G.657 (11/2016) table 1 repeats for category A (A1 and A2): zero
dispersion between 1300 and 1324 nm, with a slope of at most 0.092 ps/(nm2 km) there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from virgem.modules.estate.attenuation import LONG, SHORT, lasting_loss_db
from virgem.modules.estate.model import Span
from virgem.modules.estate.model.connectivity import FibreType
from virgem.network.fibre.model import LitLink

# dB kept free when a transceiver is chosen: 2 dB for cuts that are spliced (each puts some metres and two splices in),
# 1 dB for optics and connectors that age. Planning values of this project; 3 dB together is a usual one.
REPAIRS, AGEING = 2.0, 1.0
MARGIN = REPAIRS + AGEING
_ZERO_LEAST, _ZERO_MOST = 1300.0, 1324.0  # nm
_SLOPE = 0.092  # ps/(nm2 km)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transceiver:
    """A class of optics: rate in bit/s, window in nm, the loss in dB it bridges, the dispersion in ps/nm it bears.

    `lanes` are the shortest and the longest wavelength sent, in nm.
    """

    name: str
    rate: int
    window: int
    lanes: tuple[float, float]
    budget: float
    dispersion: float


def _row(
    name: str, rate: int, window: int, lanes: tuple[float, float], budget: float, dispersion: float
) -> Transceiver:
    gbit = rate * 10**9
    return Transceiver(name=name, rate=gbit, window=window, lanes=lanes, budget=budget, dispersion=dispersion)


# By rate, the cheapest first. The budget is the channel insertion loss that IEEE 802.3 allows (penalties are taken off
# already), so what vendors call power budget is a few dB more. Dispersion of those at 1310 nm: the largest magnitude
# over their lanes at their longest reach (the formula below, which IEEE 802.3 uses too); at 1550 nm as stated.
# -LX10: clause 59. 10GBASE-LR, -ER: clause 52. 25GBASE-LR, -ER: clause 114. 40GBASE-LR4, -ER4: clause 87.
# 100GBASE-LR4, -ER4: clause 88. 400GBASE-LR8, -ER8: clause 122.
# No standard of IEEE has the others: ZX, ZR, ZR4 and coherent are as vendors commonly state them, low rather than high.
TRANSCEIVERS = (
    _row("1000BASE-LX10", 1, SHORT, (1260, 1360), 6.0, 64),
    _row("1000BASE-ZX", 1, LONG, (1550, 1550), 21.0, 1600),
    _row("10GBASE-LR", 10, SHORT, (1260, 1355), 6.2, 64),
    _row("10GBASE-ER", 10, LONG, (1550, 1550), 10.9, 728),
    _row("10GBASE-ZR", 10, LONG, (1550, 1550), 23.0, 1600),
    _row("25GBASE-LR", 25, SHORT, (1295, 1325), 6.3, 28),
    _row("25GBASE-ER", 25, SHORT, (1295, 1310), 18.0, 111),
    _row("40GBASE-LR4", 40, SHORT, (1264.5, 1337.5), 6.7, 59.5),
    _row("40GBASE-ER4", 40, SHORT, (1264.5, 1337.5), 18.5, 238),
    _row("100GBASE-LR4", 100, SHORT, (1294.53, 1310.19), 6.3, 28.5),
    _row("100GBASE-ER4", 100, SHORT, (1294.53, 1310.19), 18.0, 114),
    _row("100GBASE-ZR4", 100, SHORT, (1294.53, 1310.19), 28.0, 228),
    _row("100G coherent", 100, LONG, (1550, 1550), 24.0, 20_000),
    _row("400GBASE-LR8", 400, SHORT, (1272.55, 1310.19), 6.3, 51),
    _row("400GBASE-ER8", 400, SHORT, (1272.55, 1310.19), 18.0, 204),
)


def dispersion(wavelength: float) -> float:
    """Return the largest magnitude of the dispersion at a wavelength in nm, in ps/(nm km) (ITU-T G.652, table 2).

    S/4 x wavelength x (1 - (zero / wavelength)^4), at both ends of where the zero may lie.
    """
    ends = (_SLOPE / 4 * wavelength * (1 - (zero / wavelength) ** 4) for zero in (_ZERO_LEAST, _ZERO_MOST))
    return max(abs(end) for end in ends)


def of_rate(capacity: int) -> tuple[Transceiver, ...]:
    """Return the transceivers of the lowest rate that carries a capacity in bit/s, else those of the highest."""
    rates = sorted({row.rate for row in TRANSCEIVERS})
    rate = next((rate for rate in rates if rate >= capacity), rates[-1])
    return tuple(row for row in TRANSCEIVERS if row.rate == rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A transceiver on a link: loss in dB at its window, dispersion in ps/nm."""

    transceiver: Transceiver
    loss: float
    dispersion: float

    @property
    def left(self) -> float:
        """The dB that the budget leaves."""
        return self.transceiver.budget - self.loss

    @property
    def bears(self) -> bool:
        """Whether the light arrives and can be told apart."""
        return self.left >= 0 and self.dispersion <= self.transceiver.dispersion


def fits(spans: Sequence[tuple[Span, FibreType]], capacity: int) -> tuple[Fit, ...]:
    """Return every transceiver of the rate on these spans, the cheapest first."""
    km = sum(span.length for span, _ in spans)
    loss = {window: sum(lasting_loss_db(span, fibre, window) for span, fibre in spans) for window in (SHORT, LONG)}
    return tuple(
        Fit(transceiver=row, loss=loss[row.window], dispersion=km * max(map(dispersion, row.lanes)))
        for row in of_rate(capacity)
    )


def best(found: Sequence[Fit]) -> Fit:
    """Return the cheapest that keeps the whole margin, else the one that leaves most of those that bear the link.

    When none bears it: the one that lacks least, by loss and then by dispersion.
    """
    bearing = [fit for fit in found if fit.bears]
    ample = next((fit for fit in bearing if fit.left >= MARGIN), None)
    return ample or max(bearing or found, key=lambda fit: (fit.left, -fit.dispersion))


def lit(
    id_: str,
    between: tuple[str, ...],
    capacity: int,
    names: tuple[str, ...],
    spans: Mapping[str, tuple[Span, FibreType]],
) -> LitLink:
    """Return a link over these spans with its optics."""
    fit = best(fits([spans[name] for name in names], capacity))
    return LitLink(
        id=id_,
        between=between,
        capacity=capacity,
        spans=names,
        km=round(sum(spans[name][0].length for name in names), 3),
        transceiver=fit.transceiver.name,
        wavelength=fit.transceiver.window,
        loss=fit.loss,
        budget=fit.transceiver.budget,
        dispersion=fit.dispersion,
        bearable=fit.transceiver.dispersion,
    )
