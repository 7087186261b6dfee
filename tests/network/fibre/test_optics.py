"""The optics of links: dispersion and loss as the standards give them, the cheapest class that is enough."""

from __future__ import annotations

import pytest

from virgem.modules.estate.attenuation import LONG, SHORT, lasting_loss_db, loss_db
from virgem.modules.estate.model import Span
from virgem.modules.estate.model.connectivity import FibreType
from virgem.modules.estate.model.refs import CableRef, PopRef
from virgem.modules.estate.scalars import Count, Decibels, Identifier, Kilometres
from virgem.network.fibre.optics import MARGIN, TRANSCEIVERS, Fit, best, dispersion, fits, of_rate

G = 10**9
# What IEEE 802.3 promises these types to reach over, in km.
REACH = {
    "1000BASE-LX10": 10, "10GBASE-LR": 10, "10GBASE-ER": 40, "25GBASE-LR": 10, "25GBASE-ER": 40, "40GBASE-LR4": 10,
    "40GBASE-ER4": 40, "100GBASE-LR4": 10, "100GBASE-ER4": 40, "400GBASE-LR8": 10, "400GBASE-ER8": 40,
}  # fmt: skip


def span(km: float, splices: int = 0, connectors: int = 2, measured: float | None = None) -> Span:
    return Span(
        id=Identifier("s"),
        cable=CableRef("c"),
        ends=(PopRef("a"), PopRef("b")),
        length=Kilometres(str(km)),
        splices=Count(splices),
        connectors=Count(connectors),
        measured=Decibels(str(measured)) if measured is not None else None,
    )


def chosen(km: float, capacity: int, splices: int = 0, measured: float | None = None) -> Fit:
    return best(fits([(span(km, splices, measured=measured), FibreType.G652D)], capacity))


def test_dispersion_is_that_of_the_recommendation() -> None:
    assert dispersion(1550) == pytest.approx(18.0, abs=0.05)
    assert dispersion(1310) == pytest.approx(1.31, abs=0.01)
    # Table 88-14 of IEEE 802.3 has -28.5 to 9.5 ps/nm for 10 km of 100GBASE-LR4; the larger counts here.
    assert 10 * dispersion(1294.53) == pytest.approx(28.5, abs=0.6)


@pytest.mark.parametrize(("name", "km"), REACH.items())
def test_every_class_bears_the_dispersion_of_its_reach_and_little_more(name: str, km: int) -> None:
    row = next(row for row in TRANSCEIVERS if row.name == name)
    most = max(map(dispersion, row.lanes)) * km
    assert most <= row.dispersion <= most * 1.04


def test_every_fibre_type_has_a_loss_and_splices_and_connectors_add_to_it() -> None:
    for fibre in FibreType:
        assert loss_db(span(10), fibre) == pytest.approx(3.2)
        assert loss_db(span(10), fibre, SHORT) == pytest.approx(4.5)
        assert loss_db(span(10, splices=5, connectors=4), fibre, LONG) == pytest.approx(4.7)


def test_a_measurement_counts_where_it_is_worse_than_what_was_worked_out() -> None:
    assert lasting_loss_db(span(10, measured=5.2), FibreType.G652D, SHORT) == pytest.approx(6.5)
    assert lasting_loss_db(span(10, measured=2.2), FibreType.G652D) == pytest.approx(3.2)


@pytest.mark.parametrize(
    ("capacity", "rate"), [(200 * 10**6, 1), (1 * G, 1), (5 * G, 10), (10 * G, 10), (40 * G, 40), (10**12, 400)]
)
def test_the_lowest_rate_that_carries_the_link_is_taken(capacity: int, rate: int) -> None:
    assert {row.rate for row in of_rate(capacity)} == {rate * G}


@pytest.mark.parametrize(
    ("km", "capacity", "name"),
    [
        (3, 10 * G, "10GBASE-LR"),
        (8, 10 * G, "10GBASE-ER"),  # LR bridges 8 km, but keeps less than the margin
        (30, 10 * G, "10GBASE-ER"),
        (41, 10 * G, "10GBASE-ZR"),  # 10.0 dB is little enough for ER, 739 ps/nm is too much
        (80, 10 * G, "10GBASE-ZR"),
        (30, 100 * G, "100GBASE-ER4"),
        (60, 100 * G, "100GBASE-ZR4"),
        (75, 100 * G, "100G coherent"),
    ],
)
def test_the_cheapest_class_that_is_enough_is_taken(km: float, capacity: int, name: str) -> None:
    fit = chosen(km, capacity)
    assert (fit.transceiver.name, fit.bears) == (name, True)


def test_where_none_keeps_the_margin_the_one_that_leaves_most_is_taken() -> None:
    fit = chosen(80, 10 * G, splices=32)
    assert fit.transceiver.name == "10GBASE-ZR"
    assert 0 < fit.left < MARGIN


def test_a_link_that_none_bridges_is_told_with_the_best() -> None:
    fit = chosen(79, 100 * G, splices=126)
    assert not fit.bears
    assert fit.transceiver.budget - fit.loss == max(
        other.left for other in fits([(span(79, 126), FibreType.G652D)], 100 * G)
    )
