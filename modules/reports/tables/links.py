"""Every link of the regional network."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.kinds import link_kinds
from virgem.modules.estate.scalars import Capacity
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    nis = {router.site.path: router.town.nis for router in facts.plan.routers}
    for link in facts.plan.links:
        a, b = link.ends
        if not (facts.covers(nis[a.site]) or facts.covers(nis[b.site])):
            continue
        kind = link_kinds()[link.kind]
        role = "backbone" if link.backbone else "backup" if link.backup else "access"
        yield (
            a.site,
            b.site,
            link.kind,
            role,
            "tunnel" if kind.tunnel else "own" if kind.own else "clear",
            str(Capacity(link.capacity)),
            str(link.mtu),
            f"{link.km:.1f}" if link.km else "",
            ", ".join(link.over),
            str(a.address4),
            str(a.address6),
        )


TABLE = Table(
    id="links",
    order=40,
    nl="Verbindingen",
    en="Links",
    why_nl="Elke verbinding tussen twee routers, met capaciteit en adressen.",
    why_en="Every link between two routers, with its capacity and addresses.",
    columns=(
        Column("a", "Van", "From"),
        Column("b", "Naar", "To"),
        Column("kind", "Soort", "Kind", filter=True, words="links"),
        Column("role", "Rol", "Role", filter=True, words="role"),
        Column("secrecy", "Wie kan meelezen", "Who can read it", filter=True, words="secrecy"),
        Column("capacity", "Capaciteit", "Capacity", numeric=True),
        Column("mtu", "MTU", "MTU", numeric=True),
        Column("km", "Lengte (km)", "Length (km)", numeric=True),
        Column("spans", "Vezeltracés", "Spans"),
        Column("ipv4", "IPv4 (van)", "IPv4 (from)"),
        Column("ipv6", "IPv6 (van)", "IPv6 (from)"),
    ),
    rows=_rows,
)
