"""estate.lock: what is written is read back, and what was damaged is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.problem import ProblemsFound
from virgem.network.lock import EMPTY, Entry, Lock, dump, parse

SMALL = Lock(
    "demo",
    {
        "site 34022/hall": Entry(ipv4=((167772160, 8), (167773184, 6)), ipv6=((0xFD34 << 112, 72),)),
        "zone 34022/hall:voip": Entry(ipv4=((167772160, 6),), ipv6=((0xFD34 << 112, 64),), values=(("vlan", "20"),)),
        "zone 34022/hall:lab": Entry(ipv4=((167772224, 4),), values=(("vlan", "2"),), released=True),
        "host 34022/web-1": Entry(ipv4=((167772170, 0),), ipv6=(((0xFD34 << 112) + 10, 0),), values=(("at", "west"),)),
        "link 34022/a~34022/b:own-fibre#ring-1": Entry(values=(("a", "wan0"), ("b", "wan1"))),
        "device SN_1.2/3": Entry(ipv4=((167772171, 0),)),
    },
)
TEXT = dump(SMALL)


def refusal(data: bytes, estate: str = "") -> list[str]:
    with pytest.raises(ProblemsFound) as caught:
        parse(data, estate)
    return [f"{p.mark.line}: {p.code}" for p in caught.value.problems]


def test_a_lock_is_read_as_it_was_written() -> None:
    assert parse(TEXT, "demo") == SMALL
    assert dump(parse(TEXT)) == TEXT


def test_lines_are_sorted_and_readable() -> None:
    lines = TEXT.decode().splitlines()
    assert lines[0].startswith("virgem-lock 1 demo ")
    assert lines[1:-1] == sorted(lines[1:-1])
    assert lines[-2].startswith("zone 34022/hall:voip ipv4=10.0.0.0/26 ipv6=fd34::/64 vlan=20 ")
    assert " vlan=2 released " in lines[-3]
    assert lines[-1] == "end"


blocks = st.integers(0, 24).flatmap(
    lambda order: st.integers(0, (1 << (32 - order)) - 1).map(lambda base: (base << order, order))
)
entries = st.builds(
    Entry,
    ipv4=st.lists(blocks, max_size=3).map(tuple),
    values=st.sampled_from([(("vlan", "7"),), (("a", "wan0"), ("b", "wg12"))]),
    released=st.booleans(),
)


@given(st.dictionaries(st.from_regex(r"zone [1-9][0-9]{4}/[a-z]{1,8}:[a-z]{1,8}", fullmatch=True), entries, max_size=8))
def test_any_lock_survives_the_round_trip(held: dict[str, Entry]) -> None:
    lock = Lock("any", held)
    assert parse(dump(lock), "any") == lock


@pytest.mark.parametrize("length", range(len(TEXT)))
def test_a_lock_cut_short_is_refused(length: int) -> None:
    assert refusal(TEXT[:length])


def test_no_flipped_bit_goes_unseen() -> None:
    chance = random.Random(6)
    for bit in chance.sample(range(8 * len(TEXT)), 600):
        broken = bytearray(TEXT)
        broken[bit // 8] ^= 1 << (bit % 8)
        assert refusal(bytes(broken)), bit


def test_a_changed_line_is_named() -> None:
    line = next(n for n, text in enumerate(TEXT.splitlines(), 1) if b"vlan=20" in text)
    assert refusal(TEXT.replace(b"vlan=20", b"vlan=21")) == [f"{line}: E601"]


def test_a_deleted_line_is_fine_its_number_is_given_anew() -> None:
    lines = TEXT.splitlines(keepends=True)
    assert len(parse(b"".join(lines[:3] + lines[4:])).entries) == len(SMALL.entries) - 1


REFUSED = {
    "of another estate": (TEXT, "other", ["1: E602"]),
    "of a later version": (TEXT.replace(b"virgem-lock 1", b"virgem-lock 2"), "", ["1: E603"]),
    "empty": (b"", "", ["1: E603"]),
    "not text": (bytes(range(256)), "", ["1: E603"]),
    "in the middle of a merge": (
        TEXT.replace(b"host", b"<<<<<<< ours\nhost", 1).replace(b"link", b"=======\nlink", 1),
        "",
        ["3: E604", "5: E604"],
    ),
    "with text after its end": (TEXT + b"zone x\n", "", ["9: E605"]),
    "with a line twice": (
        TEXT.replace(b"end\n", TEXT.splitlines(keepends=True)[1] + b"end\n"),
        "",
        ["8: E606"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_lock_is_refused_when_it_is(case: str) -> None:
    data, estate, expected = REFUSED[case]
    assert refusal(data, estate) == expected


def test_a_lock_of_the_name_that_the_estate_had_before_becomes_its_own() -> None:
    assert parse(TEXT, "later", SMALL.estate) == replace(SMALL, estate="later")
    assert refusal(TEXT, "later") == ["1: E602"]


def test_a_later_version_asks_for_a_newer_virgem_and_others_for_the_file_back() -> None:
    for data, way in ((TEXT.replace(b"virgem-lock 1", b"virgem-lock 2"), "newer virgem"), (b"x", "version control")):
        with pytest.raises(ProblemsFound) as refused:
            parse(data)
        assert way in refused.value.problems[0].hint
        assert "remove" not in refused.value.problems[0].hint


def test_windows_line_ends_are_read() -> None:
    assert parse(TEXT.replace(b"\n", b"\r\n")) == SMALL


def test_no_lock_is_an_empty_one() -> None:
    assert EMPTY.entries == {}


def forged(line: str) -> bytes:
    """Return a lock with a line that bears a right check, as somebody might write it by hand."""
    return TEXT.replace(b"end\n", f"{line} {crc32(line.encode()):08x}\nend\n".encode())


@pytest.mark.parametrize(
    "line",
    [
        "zone a/b:c ipv4=10.0.0.1/28",
        "zone a/b:c ipv4=10.0.0.256/32",
        "zone a/b:c ipv4=10.0.0/24",
        "zone a/b:c ipv4=10.0.0.0/33",
        "zone a/b:c ipv4=10.0.0.0",
        "zone a/b:c ipv4=fd00::/64",
        "zone a/b:c ipv6=fd00::1/64",
        "zone a/b:c ipv6=fd00:0/64",
        "zone a/b:c ipv6=1::2::3/128",
        "zone a/b:c ipv6=12345::/64",
        "zone a/b:c ipv6=1:2:3:4:5:6:7:8::/128",
        "zone a/b:c ipv6=10.0.0.0/64",
        "zone a/b:c",
        "wall a/b:c vlan=2",
        "zone a/b:c vlan=$(id)",
    ],
)
def test_a_line_that_is_no_line_of_a_lock_is_refused_though_its_check_is_right(line: str) -> None:
    assert refusal(forged(line)) == ["8: E601"]


@given(st.integers(0, 2**128 - 1))
def test_every_ipv6_address_is_read_back(address: int) -> None:
    lock = Lock("x", {"host a": Entry(ipv6=((address, 0),))})
    assert parse(dump(lock)) == lock
