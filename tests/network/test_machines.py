"""The serials of zones: they grow when a zone's text changes, and only then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.model import Estate
from virgem.network.lock import EMPTY, Lock, dump, parse
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network

FORWARD, FOUR, SIX = "net.regio.example", "0.10.in-addr.arpa", "2.2.0.0.4.3.d.f.ip6.arpa"
REGION = Path(__file__).parent / "render" / "region"


def region(change: tuple[str, str] = ("", "")) -> Estate:
    """The two towns, one text in their files replaced by another."""
    old, new = (text.encode() for text in change)
    sources = read_folder(REGION)
    changed = {name: data.replace(old, new) if old else data for name, data in sources.files.items()}
    loaded = load(replace(sources, files=changed))
    assert loaded.problems == ()
    assert loaded.estate is not None
    return loaded.estate


def planned(estate: Estate, lock: Lock) -> tuple[NetworkPlan, Lock]:
    done = plan_network(estate, lock)
    assert done.plan is not None
    return done.plan, parse(dump(done.lock))


def test_every_zone_starts_at_one_and_stays_while_nothing_changes() -> None:
    first, lock = planned(region(), EMPTY)
    assert first.serials == {FORWARD: 1, FOUR: 1, SIX: 1}
    again, same = planned(region(), lock)
    assert again.serials == first.serials
    assert dump(same) == dump(lock)


def test_a_zone_that_changed_grows_by_one_and_the_others_stay() -> None:
    _, lock = planned(region(), EMPTY)
    # A name that is declared in the cloud is in no zone of machines, the name of a server in all three.
    declared, lock = planned(region(("www.kortrijk.example", "web.kortrijk.example")), lock)
    assert declared.serials == {FORWARD: 1, FOUR: 1, SIX: 1}
    fewer, lock = planned(region(("count: 2", "count: 1")), lock)
    assert fewer.serials == {FORWARD: 2, FOUR: 2, SIX: 2}
    back, lock = planned(region(), lock)
    assert back.serials == {FORWARD: 3, FOUR: 3, SIX: 3}


def test_the_number_after_the_last_is_the_first() -> None:
    _, lock = planned(region(), EMPTY)
    text = dump(lock).decode()
    assert f"dns {FORWARD} serial=1 hash=" in text
    entries = {
        key: type(entry)(values=(("serial", str(2**32 - 1)), ("hash", "0"))) if key.startswith("dns ") else entry
        for key, entry in lock.entries.items()
    }
    after, _ = planned(region(), Lock(lock.estate, entries))
    assert set(after.serials.values()) == {1}


def test_a_zone_that_was_gone_goes_on_from_its_last_serial() -> None:
    _, lock = planned(region(("count: 2", "count: 1")), EMPTY)
    gone = {key: replace(entry, released=key.startswith("dns ")) for key, entry in lock.entries.items()}
    back, _ = planned(region(), Lock(lock.estate, gone))
    assert back.serials == {FORWARD: 2, FOUR: 2, SIX: 2}
