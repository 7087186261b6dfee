"""What each service is to the launcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .launch import Launch

Application = Callable[..., Any]


def _nothing(_: Launch) -> None:
    """Do nothing: the service has no such step."""


def _no_more() -> None:
    """Drop nothing: all of it may be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service: its steps in the order in which they are run, each in the service's own process."""

    name: str
    migrate: Callable[[Launch], None]  # make the tables; runs where global state is dropped afterwards
    load: Callable[[Launch], Application]
    seed: Callable[[Launch], None] = _nothing  # the first rows; runs as migrate does, before load
    start: Callable[[Launch], None] = _nothing  # the workers behind the API, while it answers already
    forget: Callable[[Launch], None] = _nothing  # drop what is remembered of rows that a reset removed
    native_threads_only: bool = False  # it must not even import eventlet
    threads: int = 8  # how many requests each process works on at a time
    processes: int = 1  # how many answer at its port; more only where none remembers what another has to know
    part: Callable[[], None] = _no_more  # drop what the others must not share, before they are forked
