"""What differs between two months: totals per tenant, the lines behind them, and the document they are kept in."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from billed import KORTRIJK, KUURNE, PRICES, WAREGEM, costs

from virgem.modules.costs import faces, saved
from virgem.modules.costs.changes import compare
from virgem.modules.costs.model import Costs, Line, TenantCosts, What
from virgem.modules.problem import UserError

SHARED = {"one": {"amount": 90, "key": "fixed", "label": "Board (all_of us)"}}
OLD = costs({**PRICES, "services": "fixed", "shared": SHARED})
NEW = costs({**PRICES, "services": "fixed", "core": 5, "load-balancer": 0, "shared": SHARED, "dns-zone": 1})


def test_the_same_costs_do_not_differ() -> None:
    found = compare(OLD, OLD)
    assert not found.differs
    assert (found.old, found.new) == (OLD.total, OLD.total)
    assert [tenant.lines for tenant in found.tenants] == [(), (), ()]


def test_what_differs_is_told_line_by_line_with_old_and_new() -> None:
    found = compare(OLD, NEW)
    assert found.differs
    kortrijk = next(tenant for tenant in found.tenants if tenant.nis == KORTRIJK)
    told = {change.line.key: change.amounts for change in kortrijk.lines}
    # 2 medium servers of 4 cores, half a euro more each; the balancer is free now; a zone costs a euro.
    assert told["server", "medium"] == (Decimal("66.80"), Decimal("70.80"))
    assert told["load-balancer", ""] == (Decimal("12.50"), 0)
    assert told["dns-zone", ""] == (0, 1)
    assert ("shared", "one") not in told


def test_the_differences_of_the_lines_add_up_to_those_of_the_totals() -> None:
    found = compare(OLD, NEW)
    for tenant in found.tenants:
        assert tenant.new - tenant.old == sum(new - old for old, new in (change.amounts for change in tenant.lines))
    assert (found.old, found.new) == (OLD.total, NEW.total)


def test_without_costs_before_all_is_new() -> None:
    found = compare(None, OLD)
    assert (found.old, found.new) == (0, OLD.total)
    assert all(change.old is None for tenant in found.tenants for change in tenant.lines)


def test_a_tenant_that_is_gone_costs_nothing_more() -> None:
    found = compare(OLD, OLD.only((KORTRIJK, WAREGEM)))
    gone = next(tenant for tenant in found.tenants if tenant.nis == KUURNE)
    assert (gone.old, str(gone.new)) == (OLD.by_nis[KUURNE].total, "0.00")
    assert [change.new for change in gone.lines] == [None] * len(OLD.by_nis[KUURNE].lines)
    assert found.new == OLD.total - gone.old


def test_costs_that_shift_between_lines_differ_though_the_totals_stay() -> None:
    shares: dict[str, Any] = {name: {"amount": 90, "key": "fixed"} for name in ("one", "two")}
    other: dict[str, Any] = {"one": {"amount": 60, "key": "fixed"}, "two": {"amount": 120, "key": "fixed"}}
    found = compare(costs({"shared": shares}), costs({"shared": other}))
    assert found.old == found.new
    assert found.differs


def test_a_line_whose_amount_stays_does_not_differ() -> None:
    equal = {"one": {"amount": 90, "key": "fixed", "weights": {"kortrijk": 2, "kuurne": 2, "waregem": 2}}}
    one, other = costs({"shared": SHARED}), costs({"shared": equal})
    assert one != other
    assert not compare(one, other).differs


# ---- the document


def test_saved_costs_come_back_as_they_were(tmp_path: Path) -> None:
    place = saved.write(tmp_path, NEW)
    assert place == tmp_path / "costs/plan.json"
    assert saved.read(place, "test") == NEW
    assert saved.dump(NEW) == place.read_bytes()


def test_there_are_none_where_nothing_was_saved(tmp_path: Path) -> None:
    assert saved.read(tmp_path / "costs.json", "test") is None


def changed(**keys: Any) -> bytes:
    return json.dumps({**json.loads(saved.dump(OLD)), **keys}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "holds no costs that can be read"),
        (b"[]", "holds no costs that can be read"),
        (changed(tenants=[{"nis": "34022"}]), "holds no costs that can be read"),
        (saved.dump(OLD).replace(b'"33.40"', b'"NaN"'), "holds no costs that can be read"),
        (saved.dump(OLD).replace(b'"what": "server"', b'"what": "lunch"'), "holds no costs that can be read"),
        (changed(kind="Plan"), "is a Plan of virgem/v1"),
        (changed(estate="other"), "holds the costs of the estate 'other', not of 'test'"),
        (changed(total="1.00"), "was changed by hand"),
        (saved.dump(OLD).replace(b'"amount": "66.80"', b'"amount": "66.00"', 1), "was changed by hand"),
    ],
)
def test_a_document_that_is_none_is_refused_with_its_place(data: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    file.write_bytes(data)
    with pytest.raises(UserError, match=said) as found:
        saved.read(file, "test")
    assert str(file) in found.value.message
    assert str(file) in found.value.hint


# ---- faces


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_csv_has_every_line() -> None:
    found = rows(faces.as_csv(NEW))
    assert len(found) == sum(len(tenant.lines) for tenant in NEW.tenants)
    assert sum(Decimal(row["amount"]) for row in found) == NEW.total
    assert {row["label"] for row in found if row["what"] == "shared"} == {"Board (all_of us)"}


def test_the_table_ends_with_the_sum_of_the_tenants() -> None:
    lines = faces.as_table(NEW).splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith("tenant"))) :]
    totals = {" ".join(line.split()[:-4]): Decimal(line.split()[-1]) for line in table if line[:1].isdigit()}
    assert totals == {f"{tenant.nis} {tenant.name}": tenant.total for tenant in NEW.tenants}
    assert next(line for line in table if line.startswith("total")).split()[-1] == str(sum(totals.values()))


def test_the_table_is_as_wide_as_its_widest_cells() -> None:
    block = faces.as_table(NEW.only((WAREGEM,))).split("\n\n")[0]
    assert block == (
        "34040 Waregem\n"
        "  what           quantity  unit    price  amount  made of\n"
        "  -------------  --------  ------  -----  ------  ---------------------------------------------------------\n"
        "  server small          1  server  18.20   18.20  2 cores x 5.00 + 4 GiB memory x 1.80 + 20 GiB disk x 0.05\n"
        "  dns-zone              1  zone     1.00    1.00\n"
        "  service dns      1 of 2  parts   36.40   18.20  2 server small: 36.40\n"
        "  service ntp      1 of 3  parts   36.40   12.13  2 server small: 36.40\n"
        "  service proxy    1 of 3  parts   70.80   23.60  2 server medium: 70.80\n"
        "  zones            1 of 3  parts    1.00    0.33  1 zone dns-zone: 1.00\n"
        "  shared one       1 of 3  parts   90.00   30.00"
    )


def test_markdown_folds_the_lines_and_keeps_its_columns() -> None:
    text = faces.as_markdown(NEW)
    assert f"**Costs of test:** {NEW.total} euro a month, without VAT." in text
    assert text.count("<details>") == text.count("</details>") == 3
    widths = {len(line.replace("\\|", "").split("|")) for line in text.splitlines() if line.startswith("|")}
    assert widths == {7, 8}


def test_changes_show_old_new_and_difference_for_every_tenant() -> None:
    text = faces.changes_table(compare(OLD, NEW))
    assert "34022 Kortrijk  load-balancer" in text
    assert "-12.50" in text
    last = text.splitlines()[-3].split()
    assert last == ["total", str(OLD.total), str(NEW.total), f"{NEW.total - OLD.total:+}"]
    data = faces.changes_data(compare(OLD, NEW))
    assert data["difference"] == str(NEW.total - OLD.total)
    assert [tenant["nis"] for tenant in data["tenants"]] == [KORTRIJK, KUURNE, WAREGEM]
    found = rows(faces.changes_csv(compare(OLD, NEW)))
    assert sum(Decimal(row["difference"]) for row in found) == NEW.total - OLD.total


def test_markdown_of_changes_leaves_out_tenants_that_pay_the_same() -> None:
    one = costs({**PRICES, "services": "fixed", "load-balancer": 20, "shared": SHARED})
    text = faces.changes_markdown(compare(OLD, one))
    assert "| 34022 Kortrijk |" in text
    assert "Kuurne" not in text
    assert "+7.50" in text
    assert faces.changes_markdown(compare(OLD, OLD)) == "**Costs of test:** no changes.\n"


def test_markdown_of_changes_fits_a_comment_and_counts_what_it_leaves_out() -> None:
    lines = tuple(
        Line(what=What.SHARED, name=f"cost-{n}", quantity=Decimal(1), unit="parts", price=Decimal(1), amount=Decimal(1))
        for n in range(5)
    )
    towns = tuple(TenantCosts(nis=f"{n}", id=f"t{n}", name=f"Gemeente {n}", lines=lines) for n in range(11000, 11285))
    text = faces.changes_markdown(compare(None, Costs(estate="all", tenants=towns)))
    assert len(text) < 65_536
    assert text.count("| shared cost-") == 150
    assert "… and 1275 more; `--format csv` names all" in text
    assert "more; `--format csv`" not in faces.changes_markdown(compare(OLD, NEW))


def test_a_quantity_that_grew_is_shown_with_the_one_before() -> None:
    more = {"one": {"amount": 90, "key": "fixed", "weights": {"kortrijk": 2, "kuurne": 1, "waregem": 1}}}
    text = faces.changes_table(compare(costs({"shared": SHARED}), costs({"shared": more})))
    assert "1 of 3 -> 2 of 4 parts" in text


def test_only_some_tenants_add_up_to_their_own_total() -> None:
    some = OLD.only((KUURNE,))
    assert isinstance(some, Costs)
    assert (some.total, len(some.tenants)) == (OLD.by_nis[KUURNE].total, 1)
