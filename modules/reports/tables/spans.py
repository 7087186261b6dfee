"""Every span of the fibre plan with its cable and loss."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.scalars import Identifier
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    fibre = facts.estate.fibre
    cables = {cable.id: cable for cable in fibre.cables}
    managers = {duct.id: duct.manager or "" for duct in fibre.ducts}
    for span in fibre.spans:
        cable = cables[Identifier(span.cable)]
        yield (
            span.id,
            ", ".join(span.ends),
            cable.id,
            cable.fibre.value,
            str(cable.strands),
            cable.owner or "",
            ", ".join(cable.ducts),
            ", ".join(dict.fromkeys(name for duct in cable.ducts if (name := managers[Identifier(duct)]))),
            str(span.length),
            str(span.splices),
            str(span.connectors),
            str(span.measured) if span.measured is not None else "",
        )


TABLE = Table(
    id="spans",
    order=44,
    nl="Vezeltracés",
    en="Spans",
    why_nl="Elk vezelpaar van punt tot punt: kabel, lengte, lassen en gemeten verlies.",
    why_en="Every pair of fibres from point to point: cable, length, splices and measured loss.",
    columns=(
        Column("span", "Vezeltracé", "Span"),
        Column("ends", "Einden", "Ends"),
        Column("cable", "Kabel", "Cable"),
        Column("fibre", "Vezeltype", "Fibre type", filter=True),
        Column("strands", "Vezels in de kabel", "Fibres in the cable", numeric=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("ducts", "Kokers", "Ducts"),
        Column("manager", "Beheerder van de kokers", "Manager of the ducts", filter=True),
        Column("length_km", "Lengte (km)", "Length (km)", numeric=True),
        Column("splices", "Lassen", "Splices", numeric=True),
        Column("connectors", "Connectoren", "Connectors", numeric=True),
        Column("measured_db", "Gemeten verlies (dB)", "Measured loss (dB)", numeric=True),
    ),
    rows=_rows,
)
