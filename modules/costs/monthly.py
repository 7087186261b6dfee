"""From estate and plan to the costs of a month. Pure."""

from __future__ import annotations

from virgem.modules.cloud.tenants import tenants
from virgem.modules.costs.model import Costs, Line, TenantCosts, total
from virgem.modules.costs.own import own_lines
from virgem.modules.costs.shared import parts, wholes
from virgem.modules.estate.model import Estate, Prices
from virgem.network.model import NetworkPlan


def monthly(estate: Estate, plan: NetworkPlan) -> Costs:
    """Return what each municipality pays for a month: its own use of the cloud and its parts of what is shared.

    An estate without a price list costs nothing.
    """
    prices = estate.prices or Prices()
    services, *shares = tenants(estate, plan)
    towns = sorted(estate.municipalities, key=lambda town: town.nis)
    lines: dict[str, list[Line]] = {town.id: [] for town in towns}
    for tenant in shares:
        lines[tenant.id] += own_lines(estate, prices, tenant)
    used = {town: total(own) for town, own in lines.items()}
    for whole in wholes(estate, prices, services, towns):
        for town, line in parts(whole, used):
            lines[town].append(line)
    found = (TenantCosts(nis=t.nis, id=t.id, name=t.title, lines=tuple(lines[t.id])) for t in towns)
    return Costs(estate=estate.name, tenants=tuple(found))
