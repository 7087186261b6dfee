"""What a span loses: planning values per fibre type and wavelength, a splice and a connector."""

from __future__ import annotations

from virgem.modules.estate.model import Span
from virgem.modules.estate.model.connectivity import FibreType

# The two windows in nm. Losses are told at 1550 nm, where they are measured, unless a transceiver works at 1310 nm.
SHORT, LONG = 1310, 1550
# dB/km of cable as usually installed. The limits of the recommendations are higher, 0.40 and 0.30 dB/km: ITU-T G.652
# (11/2016) table 2 for G.652.D, ITU-T G.657 (11/2016) table 1 for category A, which meets G.652.D.
ATTENUATION = {
    FibreType.G652D: {SHORT: 0.35, LONG: 0.22},
    FibreType.G657A1: {SHORT: 0.35, LONG: 0.22},
    FibreType.G657A2: {SHORT: 0.35, LONG: 0.22},
}
# dB for one fusion splice, and for one mated pair of connectors (IEC 61755-1 grade C: 97 % are below).
SPLICE, CONNECTOR = 0.1, 0.5


def loss_db(span: Span, fibre: FibreType, wavelength: int = LONG) -> float:
    """Return the loss of a span in dB, worked out from length, splices and connectors."""
    return span.length * ATTENUATION[fibre][wavelength] + span.splices * SPLICE + span.connectors * CONNECTOR


def lasting_loss_db(span: Span, fibre: FibreType, wavelength: int = LONG) -> float:
    """Return the loss to plan with in dB: what was worked out, and what a measurement at 1550 nm found above it."""
    above = 0.0 if span.measured is None else max(0.0, span.measured - loss_db(span, fibre))
    return loss_db(span, fibre, wavelength) + above
