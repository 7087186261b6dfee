"""Addresses as text are the same as the libraries write."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPAddress, IPNetwork

from virgem.network.texts import address_text, colons, network_text

GROUPS = st.lists(st.sampled_from([0, 0, 0, 1, 0xABC, 0xFD34]), min_size=8, max_size=8)


@given(GROUPS)
def test_any_run_of_zeros_is_shortened_as_the_standard_library_does(groups: list[int]) -> None:
    number = int("".join(f"{group:04x}" for group in groups), 16)
    assert colons(number) == str(IPv6Address(number))


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address(number: int) -> None:
    assert address_text(IPAddress(number, 4)) == str(IPAddress(number, 4))


@pytest.mark.parametrize("text", ["10.0.0.0/8", "0.0.0.0/0", "fd34:22::/32", "fd34:1::5/127", "::/0", "fd34::/128"])
def test_a_prefix(text: str) -> None:
    assert network_text(IPNetwork(text)) == text
