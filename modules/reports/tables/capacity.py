"""Whether the hosts carry what is declared and promised when something is lost."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.cloud.capacity import capacity
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for verdict in capacity(facts.estate, facts.plan).verdicts:
        fits = (verdict.servers.value, verdict.storage.value, verdict.snapshots.value, verdict.quotas.value)
        yield (verdict.zone, verdict.kind.value, str(verdict.judged), verdict.loss, *fits)


TABLE = Table(
    id="capacity",
    order=68,
    nl="Capaciteit bij uitval",
    en="Capacity under losses",
    why_nl="Of alle opgegeven servers en hun opslag (rootschijven, volumes, back-ups), alle snapshots die quota "
    "toestaan en alles wat quota beloven passen op wat overblijft als er iets uitvalt: een host, een rek, een voeding, "
    "een zijde, een zaal, een site. Ja en nee zijn bewezen, onbekend is geen van beide.",
    why_en="Whether all declared servers and their storage (root disks, volumes, backups), all snapshots that quotas "
    "allow and all that quotas promise fit on what is left when something is lost: a host, a rack, a feed, a side, a "
    "room, a site. Yes and no are proved, unknown is neither.",
    columns=(
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("loss", "Uitval van", "Loss of", filter=True, words="loss"),
        Column("judged", "Aantal beoordeeld", "How many judged", numeric=True),
        Column("worst", "Ergste", "Worst"),
        Column("servers", "Servers passen", "Servers fit", filter=True, words="answer"),
        Column("storage", "Opslag past", "Storage fits", filter=True, words="answer"),
        Column("snapshots", "Snapshots passen", "Snapshots fit", filter=True, words="answer"),
        Column("quotas", "Quota passen", "Quotas fit", filter=True, words="answer"),
    ),
    rows=_rows,
    named="worst",
)
