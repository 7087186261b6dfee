"""The operator's access: from variables or a clouds.yaml, with a way out where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virgem.modules.cloud.engine.access import access
from virgem.modules.problem import UserError

VARIABLES = {
    "OS_AUTH_URL": "http://cloud.example/v3/",
    "OS_USERNAME": "admin",
    "OS_PASSWORD": "CANARY",
    "OS_PROJECT_NAME": "admin",
    "OS_REGION_NAME": "here",
}
AUTH = {"auth_url": "http://cloud.example/v3", "username": "admin", "password": "CANARY", "project_name": "admin"}


def clouds(folder: Path, body: object) -> dict[str, str]:
    (folder / "clouds.yaml").write_text(json.dumps(body))
    return {"OS_CLOUD": "region", "OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml"), "HOME": str(folder)}


def test_variables_and_a_file_say_the_same(tmp_path: Path) -> None:
    of_file = access(clouds(tmp_path, {"clouds": {"region": {"auth": AUTH, "region_name": "here"}}}))
    assert access(VARIABLES) == of_file
    assert (of_file.url, of_file.user, of_file.user_domain) == ("http://cloud.example/v3", "admin", "Default")


def test_the_password_is_not_shown() -> None:
    assert "CANARY" not in repr(access(VARIABLES))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "neither OS_CLOUD nor OS_AUTH_URL"),
        ({"OS_AUTH_URL": "http://cloud.example/v3"}, "no user name and password"),
    ],
)
def test_without_access_the_way_out_is_told(environment: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        access(environment)
    assert refused.value.hint


@pytest.mark.parametrize("body", [{}, {"clouds": {}}, {"clouds": {"other": {}}}, {"clouds": []}])
def test_a_cloud_that_no_file_names_is_told_with_the_places(tmp_path: Path, body: object) -> None:
    with pytest.raises(UserError, match=r"no clouds\.yaml names it") as refused:
        access(clouds(tmp_path, body))
    assert str(tmp_path) in refused.value.hint


@pytest.mark.parametrize("text", ["{", "- a", "clouds: [", '"text"'])
def test_a_damaged_file_is_told(tmp_path: Path, text: str) -> None:
    environment = clouds(tmp_path, {})
    (tmp_path / "clouds.yaml").write_text(text)
    with pytest.raises(UserError, match="cannot be read as a clouds"):
        access(environment)


def test_the_provider_gets_variables_only_and_what_the_file_says_of_certificates(tmp_path: Path) -> None:
    told = access(clouds(tmp_path, {"clouds": {"region": {"auth": AUTH, "cacert": "/ca.pem", "verify": False}}}))
    assert told.variables() == {
        "OS_AUTH_URL": "http://cloud.example/v3",
        "OS_USERNAME": "admin",
        "OS_PASSWORD": "CANARY",
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_CACERT": "/ca.pem",
        "OS_INSECURE": "true",
    }
