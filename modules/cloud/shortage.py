"""What the hosts of a datacentre do not carry, as problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.cloud.capacity import Capacity, Purchase, Verdict, capacity
from virgem.modules.cloud.losses import LossKind
from virgem.modules.cloud.packing import Fit
from virgem.modules.codes import problem, warning
from virgem.modules.estate.model import Estate
from virgem.modules.problem import Mark, Problem, Text
from virgem.network.model import NetworkPlan

_WHAT = {
    "servers": Text("servers", "servers"),
    "storage": Text("root disks, volumes and backups", "rootschijven, volumes en back-ups"),
}
LOSSES = {
    LossKind.NOTHING: Text("nothing", "niets"),
    LossKind.HOST: Text("host {name}", "host {name}"),
    LossKind.RACK: Text("rack {name}", "rek {name}"),
    LossKind.FEED: Text("feed {name}", "voeding {name}"),
    LossKind.SIDE: Text("power side {name}", "stroomzijde {name}"),
    LossKind.ROOM: Text("room {name}", "zaal {name}"),
    LossKind.SITE: Text("the whole site {name}", "de hele site {name}"),
}


def short(estate: Estate, plan: NetworkPlan) -> Iterator[Problem]:
    """Yield what does not fit on the hosts that are declared: at all, after the smallest loss, and of the quotas."""
    found = capacity(estate, plan)
    places: Mapping[str, Mark] = {centre.id: centre.origin.at("hosts") for centre in estate.datacentres}
    told: set[tuple[str, str]] = set()
    # The smallest losses first: of one that is too much the larger ones are not told.
    for verdict in sorted(found.verdicts, key=lambda verdict: list(LossKind).index(verdict.kind)):
        for what, fit in (("servers", verdict.servers), ("storage", verdict.storage)):
            # Where a zone lacks hosts already, the loss of another site only says so again.
            site = verdict.kind is LossKind.SITE and any(known == what for _, known in told)
            if fit is not Fit.NO or (verdict.zone, what) in told or site:
                continue
            told.add((verdict.zone, what))
            bought = _bought(found, verdict, what)
            if verdict.kind is LossKind.NOTHING:
                message = f"the declared {_WHAT[what].en} of {verdict.zone} do not fit on its hosts"
                hint = f"add {bought.count} more {bought.host.id}" if bought else "add hosts, or declare less"
                yield problem("E787", places[verdict.zone], message, hint, target=verdict.zone)
            else:
                yield _warning(places[verdict.zone], verdict, what, bought)
    yield from _quotas(found, places)


def _bought(found: Capacity, verdict: Verdict, what: str) -> Purchase | None:
    kinds = (purchase for purchase in found.purchases if purchase.what == what and purchase.kind is verdict.kind)
    same = [purchase for purchase in kinds if verdict.kind is LossKind.SITE or purchase.zone == verdict.zone]
    return same[0] if same else None


def _warning(place: Mark, verdict: Verdict, what: str, bought: Purchase | None) -> Problem:
    values = {"what": _WHAT[what].en, "zone": verdict.zone}
    if bought:
        values |= {"count": str(bought.count), "host": str(bought.host.id), "where": bought.zone}
    lost, things = LOSSES[verdict.kind].filled({"name": verdict.loss}), _WHAT[what]
    whose = Text("all datacentres", "alle datacentra") if verdict.kind is LossKind.SITE else Text("{zone}", "{zone}")
    says = Text(
        f"the declared {things.en} of {whose.en} do not fit any more when {lost.en} is lost",
        f"de opgegeven {things.nl} van {whose.nl} passen niet meer als {lost.nl} uitvalt",
    )
    hint = Text(
        "buy {count} more {host} for {where}, outside what is lost",
        "koop {count} keer {host} bij voor {where}, buiten wat uitvalt",
    )
    return warning("W788", place, values, verdict.zone, hint=hint if bought else None, says=says)


def _quotas(found: Capacity, places: Mapping[str, Mark]) -> Iterator[Problem]:
    """Yield the first zone with a host whose loss leaves less than all quotas promise."""
    for verdict in found.verdicts:
        if verdict.kind is LossKind.HOST and verdict.quotas is Fit.NO:
            promise = found.promise
            values = {
                "host": verdict.loss,
                "cores": promise.space.cores,
                "ram": promise.space.ram_gb,
                "storage": promise.storage_gb,
            }
            yield warning("W789", places[verdict.zone], values, verdict.zone)
            return
