"""Where the state of an estate lies, closed to others, and bound to the one cloud it is of."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from virgem.modules.cloud.engine.access import Access
from virgem.modules.cloud.engine.place import passphrase, place, prepare, variables
from virgem.modules.problem import UserError

HERE = Access(url="http://here/v3", user="a", password="p", project="a", user_domain="D", project_domain="D", region="")
THERE = Access(
    url="http://there/v3", user="a", password="p", project="a", user_domain="D", project_domain="D", region=""
)


def test_the_option_stands_before_the_variable_and_that_before_the_users_folder() -> None:
    environment = {"XDG_STATE_HOME": "/s", "VIRGEM_STATE": "/v"}
    found = [
        place("klein", "/o", environment).backend,
        place("klein", None, environment).backend,
        place("klein", None, {"XDG_STATE_HOME": "/s"}).backend,
        place("klein", "file:///f", environment).backend,
    ]
    assert found == ["file:///o", "file:///v", "file:///s/virgem/cloud/klein", "file:///f"]


def test_a_shared_state_leaves_only_what_is_this_machines_own_in_the_users_folder() -> None:
    found = place("klein", None, {"XDG_STATE_HOME": "/s", "VIRGEM_STATE": "s3://bucket"})
    assert (found.backend, found.folder.parent, found.in_files) == ("s3://bucket", Path("/s/virgem/cloud/klein"), False)


def test_each_shared_state_has_a_folder_of_its_own_whoever_enters_it_and_however() -> None:
    urls = (
        "postgres://me:CANARY@db/pulumi?sslmode=require",
        "postgres://you@db/pulumi",
        "postgres://db/pulumi?table=oost",
        "s3://bucket/west?region=eu",
        "s3://bucket/oost",
    )
    found = [place("klein", None, {"HOME": "/h", "VIRGEM_STATE": url}) for url in urls]
    assert [where.shown for where in found] == [
        "postgres://db/pulumi",
        "postgres://db/pulumi",
        "postgres://db/pulumi?table=oost",
        "s3://bucket/west",
        "s3://bucket/oost",
    ]
    assert found[0].folder == found[1].folder
    assert len({where.folder for where in found}) == 4


def test_a_store_that_is_not_amazons_is_asked_for_a_bucket_by_path_unless_another_way_is_told() -> None:
    asked = ("s3://b/f?endpoint=http://h:1", "s3://b/f", "s3://b?endpoint=h&use_path_style=false", "postgres://h/d")
    found = [place("klein", url, {"HOME": "/h"}).backend for url in asked]
    assert found == [f"{asked[0]}&use_path_style=true", *asked[1:]]


def test_state_cannot_lie_where_it_was_never_tried() -> None:
    with pytest.raises(UserError, match="cannot lie in azblob://") as refused:
        place("klein", "azblob://container", {})
    assert "postgres:// or s3://" in refused.value.hint


def test_a_password_on_the_command_line_is_refused_and_in_the_variable_it_is_not() -> None:
    with pytest.raises(UserError, match="command line"):
        place("klein", "postgres://me:CANARY@db/pulumi", {})
    with pytest.raises(UserError, match="command line"):
        place("klein", "postgres://db/pulumi?user=me&password=CANARY", {})
    assert not place("klein", None, {"HOME": "/h", "VIRGEM_STATE": "postgres://me:CANARY@db/pulumi"}).in_files


def test_nobody_else_may_look_into_it_and_the_passphrase_stays(tmp_path: Path) -> None:
    where = place("klein", str(tmp_path / "s"), {})
    prepare(where, HERE)
    first = (where.folder / "passphrase").read_text()
    prepare(where, HERE)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (where.folder, where.folder / "passphrase")]
    assert modes == [0o700, 0o600]
    assert (len(first) >= 32, (where.folder / "passphrase").read_text()) == (True, first)


def test_the_state_of_one_cloud_is_not_used_for_another(tmp_path: Path) -> None:
    where = place("klein", str(tmp_path / "s"), {})
    prepare(where, HERE)
    with pytest.raises(
        UserError, match=r"of the cloud at http://here/v3, not of the one at http://there/v3"
    ) as refused:
        prepare(where, THERE)
    assert "--state" in refused.value.hint


def test_the_engine_gets_its_own_passphrase_unless_the_user_has_one(tmp_path: Path) -> None:
    where = place("klein", str(tmp_path), {})
    given = variables(where, (Path("/p/pulumi"),), {"PATH": "/bin", "PULUMI_CONFIG_PASSPHRASE": "CANARY"})
    own = variables(where, (Path("/p/pulumi"), Path("/q/provider")), {"PATH": "/bin"})
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in given
    assert own["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(tmp_path / "passphrase")
    assert own["PATH"] == "/p:/q:/bin"
    assert own["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"


def test_no_passphrase_is_made_up_for_a_state_that_others_share(tmp_path: Path) -> None:
    where = place("klein", "postgres://db/pulumi", {"XDG_STATE_HOME": str(tmp_path)})
    with pytest.raises(UserError, match="the passphrase of the state in postgres://db/pulumi is missing") as refused:
        prepare(where, HERE)
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in refused.value.hint
    (where.folder / "passphrase").write_text("CANARY\n")
    prepare(where, HERE)
    prepare(where, THERE)
    assert passphrase(where, {}) == "CANARY"


def test_the_passphrase_is_taken_of_the_variable_then_of_the_file_that_one_names(tmp_path: Path) -> None:
    where, file = place("klein", str(tmp_path), {}), tmp_path / "mine"
    file.write_text("of the file\n")
    named = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    assert passphrase(where, {"PULUMI_CONFIG_PASSPHRASE": "told", **named}) == "told"
    assert passphrase(where, {"PULUMI_CONFIG_PASSPHRASE": "", **named}) == "of the file"
    for content in ("", " \n"):
        file.write_text(content)
        with pytest.raises(UserError, match="mine, which holds no passphrase"):
            passphrase(where, named)
    file.unlink()
    with pytest.raises(UserError, match="mine, which holds no passphrase"):
        passphrase(where, named)
