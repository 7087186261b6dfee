"""What a month costs more or less than before, tenant by tenant and line by line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from virgem.modules.costs.model import NOTHING, Costs, Line, TenantCosts


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line that costs other than before; None where there was, or is, none."""

    old: Line | None
    new: Line | None

    @property
    def line(self) -> Line:
        """The line as it is, else as it was."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        """The amount before and now."""
        return self.old.amount if self.old else NOTHING, self.new.amount if self.new else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantChange:
    """A tenant's total before and now, with the lines that differ."""

    nis: str
    name: str
    old: Decimal
    new: Decimal
    lines: tuple[LineChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChanges:
    """Every tenant that there was or is, by NIS code."""

    estate: str
    tenants: tuple[TenantChange, ...]

    @property
    def old(self) -> Decimal:
        """The sum of all tenants before."""
        return sum((tenant.old for tenant in self.tenants), NOTHING)

    @property
    def new(self) -> Decimal:
        """The sum of all tenants now."""
        return sum((tenant.new for tenant in self.tenants), NOTHING)

    @property
    def differs(self) -> bool:
        """Whether any line does: costs may shift between lines while the totals stay."""
        return any(tenant.lines for tenant in self.tenants)


def compare(old: Costs | None, new: Costs) -> CostChanges:
    """Return what differs between two months' costs; without old ones all is new.

    A line whose amount stays does not differ: the weights of others shift with every server that somebody adds.
    """
    before = old.by_nis if old else {}
    codes = sorted({*before, *new.by_nis})
    return CostChanges(estate=new.estate, tenants=tuple(_tenant(before.get(nis), new.by_nis.get(nis)) for nis in codes))


def _tenant(old: TenantCosts | None, new: TenantCosts | None) -> TenantChange:
    known = new or old
    assert known is not None
    before = {line.key: line for line in (old.lines if old else ())}
    after = {line.key: line for line in (new.lines if new else ())}
    changes = (LineChange(old=before.get(key), new=after.get(key)) for key in {**after, **before})
    return TenantChange(
        nis=known.nis,
        name=known.name,
        old=old.total if old else NOTHING,
        new=new.total if new else NOTHING,
        lines=tuple(change for change in changes if change.amounts[0] != change.amounts[1]),
    )
