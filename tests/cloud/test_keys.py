"""Access keys in the cloud: for servers at their first boot, for a tenant's programs, and nothing made anew by them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import klein
import pytest
import yaml
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from invented_keys import invented, line
from support import ROOT

from virgem.modules.changes import Changes
from virgem.modules.cloud.changes import diff
from virgem.modules.cloud.engine.pending import LISTINGS, asked, identity, matching
from virgem.modules.cloud.keys import user_data
from virgem.modules.cloud.model import AccessKey
from virgem.modules.cloud.preview import Preview
from virgem.modules.estate.loader import load, read_folder
from virgem.modules.governance.guard import check_changes

KEYPAIR = "openstack:compute/keypair:Keypair"
INSTANCE = "openstack:compute/instance:Instance"
BEHEER, ICT = (invented(path, "klein") for path in ("operator/beheer", "kortrijk/ict"))
PREVIEW = klein.previewed()


def key_pairs(preview: Preview = PREVIEW) -> dict[str, set[tuple[str, str]]]:
    """Name and public key of each key pair, by stack."""
    return {
        stack.name: {tuple(json.loads(r.inputs[f]) for f in ("name", "publicKey")) for r in found}  # type: ignore[misc]
        for stack in preview.stacks
        if (found := [r for r in stack.resources if r.type == KEYPAIR])
    }


def first_boots(stack: str) -> set[str]:
    (found,) = (one for one in PREVIEW.stacks if one.name == stack)
    return {json.loads(r.inputs["userData"]) for r in found.resources if r.type == INSTANCE}


def changed(old: str, new: str) -> Changes:
    assert old in klein.KORTRIJK
    return diff(klein.previewed(klein.KORTRIJK.replace(old, new)), PREVIEW)


def test_servers_take_the_keys_of_the_operator_and_of_their_own_municipality() -> None:
    expires = f'expiry-time="20281231235959" {BEHEER} operator_beheer'
    for stack, lines in (
        ("tenant-shared", [expires]),
        ("tenant-34022", [f"{ICT} kortrijk_ict", expires]),
        ("tenant-34040", [expires]),
    ):
        (text,) = first_boots(stack)
        assert text.startswith("#cloud-config\n")
        assert yaml.safe_load(text) == {"ssh_authorized_keys": lines}


def test_the_programs_of_each_tenant_have_them_as_key_pairs() -> None:
    beheer = ("operator_beheer", BEHEER)
    assert key_pairs() == {
        "data-shared": {beheer},
        "data-34022": {beheer, ("kortrijk_ict", ICT)},
        "data-34040": {beheer},
    }
    # What compute takes for a name before version 2.92; it answers 400 to others.
    names = {name for pairs in key_pairs().values() for name, _ in pairs}
    assert all(re.fullmatch(r"[_\- a-zA-Z0-9]{1,255}", name) for name in names)
    for stack in PREVIEW.stacks:
        users = [r.urn for r in stack.resources if r.type == "openstack:identity/user:User"]
        for pair in (r for r in stack.resources if r.type == KEYPAIR):
            # Made by the operator within the project, whose quota counts, for the user that the programs log in as.
            assert json.loads(pair.inputs["userId"]) == {"knownAfterApply": users}
            assert pair.provider.rpartition("::")[2] == "within"


def test_without_keys_servers_do_nothing_at_their_first_boot() -> None:
    assert user_data(()) == ""
    bare = klein.OPERATOR.replace(f"access-keys:\n  beheer: {{ key: {BEHEER}, until: 2028-12-31 }}\n", "")
    (waregem,) = (s for s in klein.previewed(operator=bare).stacks if s.name == "tenant-34040")
    servers = [r for r in waregem.resources if r.type == INSTANCE]
    assert servers
    assert not [r for r in servers if "userData" in r.inputs]


def test_nothing_in_a_key_breaks_out_of_its_line() -> None:
    odd = AccessKey(name='a"b: [\\', public="ssh-ed25519 AAAA", until="")
    assert yaml.safe_load(user_data((odd,))) == {"ssh_authorized_keys": ['ssh-ed25519 AAAA a"b: [\\']}


def test_another_key_makes_a_key_pair_anew_and_no_server() -> None:
    changes = changed(ICT, invented("kortrijk/ict", "another"))
    assert [(c.action, c.kind, c.label.name) for c in changes.items] == [("replace", KEYPAIR, "kortrijk_ict")]
    refused = check_changes(changes)
    assert refused is not None
    assert "--confirm 1" in refused.hint


def test_a_key_that_is_taken_out_goes_by_its_number_and_touches_no_server() -> None:
    changes = changed(f"  access-keys:\n    ict: {{ key: {ICT} }}\n", "")
    assert [(c.action, c.kind, c.label.name) for c in changes.items] == [("delete", KEYPAIR, "kortrijk_ict")]
    assert check_changes(changes) is not None
    assert check_changes(changes, confirmed=1) is None


def test_a_server_that_is_new_or_goes_still_tells_what_it_was_given() -> None:
    more = klein.previewed(klein.KORTRIJK.replace("flavor: large, count: 2,", "flavor: large, count: 3,"))
    for action, changes in (("create", diff(more, PREVIEW)), ("delete", diff(PREVIEW, more))):
        (server,) = (c for c in changes.items if c.kind == INSTANCE)
        assert (server.action, "userData" in server.names) == (action, True)


def test_what_is_not_ignored_still_makes_a_server_anew() -> None:
    changes = changed("sql: { flavor: xlarge, tier: data,", "sql: { flavor: xlarge, tier: data, image: ubuntu-24-04,")
    assert {c.action for c in changes.items if c.kind == INSTANCE} == {"update"}
    server = next(r for s in PREVIEW.stacks for r in s.resources if r.type == INSTANCE)
    assert server.ignores == ("userData",)
    assert replace(server, ignores=()) != server


def test_a_key_pair_is_looked_for_among_those_of_its_user() -> None:
    inputs = {"name": "operator_beheer", "userId": "u 1", "publicKey": BEHEER}
    listing = LISTINGS[KEYPAIR]
    rows = [{"keypair": {"name": name}} for name in ("operator_ander", "operator_beheer")]
    assert asked(listing, inputs) == "/os-keypairs?user_id=u%201"
    (found,) = matching(listing, inputs, "p", rows)
    assert (found, identity(listing, inputs, found)) == (rows[1], "operator_beheer")
    # Older versions show everybody their own, whosever are asked for.
    assert listing.headers == {"OpenStack-API-Version": "compute 2.10"}


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_the_keys_of_the_estates_that_ship_are_invented_and_say_so(name: str) -> None:
    folder = ROOT / "inventories" / name
    estate = load(read_folder(folder)).estate
    assert estate is not None
    shares = [town.cloud for town in estate.municipalities if town.cloud]
    keys = [*estate.access_keys, *(key for share in shares for key in share.access_keys)]
    assert keys
    for key in keys:
        assert key.public == invented(key.path, name)
        text = (folder / key.origin.mark.file).read_text()
        assert f'Invented: the key is the SHA-256 of "virgem: invented access key {key.path} of {name}"' in text


@pytest.mark.parametrize(
    "text", [ICT, line(b"sk-ssh-ed25519@openssh.com", bytes(31) + b"\x01", b"ssh:")], ids=["ed25519", "sk"]
)
def test_compute_reads_what_an_estate_may_have(text: str) -> None:
    """It refuses a key of which this library, which it uses, makes nothing."""
    load_ssh_public_key(text.encode())
