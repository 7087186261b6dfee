"""Owners by role, risks, attestations and waivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.refs import MunicipalityRef, OwnerRef
from virgem.modules.estate.scalars import CyFunId, Date, Description, Identifier, Label, Level, ObjectPath, TaggedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Located):
    """A role that owns things; a person is never named."""

    shorthand: ClassVar[str] = "label"
    id: Identifier = key("The role's name.", written=False)
    label: Label | None = key("Display name.", default=None)
    body: MunicipalityRef | None = key("The municipality it belongs to; when left out, the operator.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(Located):
    """A risk with its likelihood and impact."""

    id: Identifier = key("The risk's name.", written=False)
    label: Label = key("What could happen.")
    likelihood: Level = key("Likelihood, 1 to 5.")
    impact: Level = key("Impact, 1 to 5.")
    owner: OwnerRef = key("Owner role.")
    treatment: Description | None = key("What is done about it.", default=None)
    controls: tuple[CyFunId, ...] = key("Controls that lower it.", default=())
    review: Date | None = key("Day of the next review.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Located):
    """Somebody's word for what infrastructure cannot show."""

    id: Identifier = key("The attestation's name.", written=False)
    controls: tuple[CyFunId, ...] = key("What it covers.")
    statement: Description = key("What is attested, in own words.")
    owner: OwnerRef = key("The role that attests.")
    date: Date = key("Day of the attestation.")
    expires: Date = key("Last day it counts.")
    document: TaggedName | None = key("Number of the document behind it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Located):
    """A problem, policy finding or drift of the cloud that is accepted for a while."""

    id: Identifier = key("The waiver's name.", written=False)
    rule: TaggedName = key(
        "Problem code or policy; for drift `drift`, `drift/KIND` or `drift/KIND/NAME`.", example="W702"
    )
    target: ObjectPath = key("The object it is about, by path; all when `any`.", default=ObjectPath("any"))
    reason: Description = key("Why it is accepted.")
    owner: OwnerRef = key("The role that accepts.")
    expires: Date = key("Last day it counts.")
