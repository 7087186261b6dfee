"""What others changed in the cloud is told with the ways out, and ignored by a waiver until its last day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from region import OPERATOR, planned

from virgem.modules.changes import Change, Label
from virgem.modules.estate.model import Estate
from virgem.modules.governance.drift import DECLARES, as_data, differences, is_rule, known_kinds, lines
from virgem.modules.governance.judging import unknown_policies

DAY = datetime.date(2027, 6, 30)
LATER = DAY + datetime.timedelta(days=1)


def change(action: Any, kind: str, name: str, group: str = "34022", *fields: tuple[str, str, str]) -> Change:
    label = Label(kind=kind, name=name, place=f"data-{group}")
    return Change(action=action, kind=f"openstack:x:{kind}", key=name, group=group, label=label, fields=fields)


EXTRA = change("create", "Instance", "extra")
QUOTA = change("update", "QuotaV2", "network", "34022", ("port", "200", "1234"))
GONE = change("delete", "SecGroupRule", "web:ingress-tcp-443")


def estate(rule: str = "", target: str = "kortrijk") -> Estate:
    about = f"rule: {rule}, target: {target}"
    waiver = f"\nwaivers:\n  proef: {{ {about}, reason: Trial, owner: ict-manager, expires: {DAY} }}\n"
    return planned(OPERATOR + (waiver if rule else ""), only=("data-34022",)).estate


def ignored(found: Estate, *changes: Change, day: datetime.date | None = DAY) -> list[str]:
    return [one.change.label.name for one in differences(found, changes, day) if one.waiver]


@pytest.mark.parametrize(
    ("rule", "target", "expected"),
    [
        ("drift", "kortrijk", ["extra", "network", "web:ingress-tcp-443"]),
        ("drift", "any", ["extra", "network", "web:ingress-tcp-443"]),
        ("drift", "waregem", []),
        ("drift/QuotaV2", "kortrijk", ["network"]),
        ("drift/Instance/extra", "kortrijk", ["extra"]),
        ("drift/Instance/other", "kortrijk", []),
        ("drift/SecGroupRule/web-ingress-tcp-443", "kortrijk", ["web:ingress-tcp-443"]),
        ("W408", "any", []),
    ],
)
def test_a_waiver_ignores_what_it_names_of_a_tenant(rule: str, target: str, expected: list[str]) -> None:
    found = estate(rule, target)
    assert ignored(found, EXTRA, QUOTA, GONE) == expected
    assert [*unknown_policies(found)] == []


def test_the_rule_that_is_told_is_one_that_ignores() -> None:
    for one in differences(estate(), (EXTRA, QUOTA, GONE), DAY):
        assert ignored(estate(one.rule, one.target), EXTRA, QUOTA, GONE) == [one.change.label.name]


def test_after_its_last_day_a_waiver_ignores_nothing_and_is_told() -> None:
    found = estate("drift/Instance/extra")
    assert ignored(found, EXTRA, day=None) == ignored(found, EXTRA, day=DAY) == ["extra"]
    assert ignored(found, EXTRA, day=LATER) == []
    told = [*lines(differences(found, (EXTRA,), LATER))]
    assert "    was ignored until 2027-06-30 (waiver proef of ict-manager: Trial): decide again" in told


def test_what_all_share_is_of_the_estate() -> None:
    (one,) = differences(estate(), (change("delete", "Network", "external", "shared"),), DAY)
    assert one.target == str(estate().name)


def test_each_is_told_with_its_ways_out() -> None:
    told = "\n".join(lines(differences(estate("drift/QuotaV2"), (EXTRA, QUOTA, GONE), DAY)))
    assert told.startswith("kortrijk:\n  undeclared: data-34022 Instance extra\n    revert: remove it from the cloud")
    assert "    adopt: declare it for kortrijk (`servers` under `cloud`), give it the name" in told
    assert "ignored until 2027-06-30: changed: data-34022 QuotaV2 network: port 200 -> 1234 (waiver proef of" in told
    assert "  gone: data-34022 SecGroupRule web:ingress-tcp-443\n    revert: `virgem cloud up` mends it" in told
    assert "ignore: a waiver of rule drift/SecGroupRule/web-ingress-tcp-443 and target kortrijk" in told


def test_a_network_has_no_text_of_its_own() -> None:
    (one,) = differences(estate(), (change("create", "Network", "extra"),), DAY)
    assert (one.adopt, as_data((one,))[0]["adopt"]) == ("", None)


def test_data_for_programs_name_the_waiver() -> None:
    found = as_data(differences(estate("drift/Instance"), (EXTRA, GONE), DAY))
    assert [one["ignored"] and one["ignored"]["expires"] for one in found] == ["2027-06-30", None]


def test_a_rule_of_an_unknown_kind_is_a_mistake() -> None:
    (told,) = unknown_policies(estate("drift/Instances"))
    assert (told.code, told.hint) == ("E909", "did you mean drift/Instance?")
    assert not is_rule("drifts")
    assert set(DECLARES) <= known_kinds()
