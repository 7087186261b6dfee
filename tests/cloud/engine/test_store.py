"""Why a store of state cannot be used, as the engine tells it, becomes one reason with one way out."""

from __future__ import annotations

import pytest

from virgem.modules.cloud.engine.place import place
from virgem.modules.cloud.engine.store import refusal

# As the engine wrote it, of the server that tests/live/openstack starts.
_BEGIN = (
    'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject, '
)
_NONE = "https response error StatusCode: 0, RequestID: , HostID: , request send failed, "


def _answered(status: int) -> str:
    return f"{_BEGIN}https response error StatusCode: {status}, RequestID: 95QZ72, HostID: yeyd3Y/1yLF+4=, "


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (_answered(403) + "api error SignatureDoesNotMatch: The request signature does not match.", "or keys"),
        (_answered(404) + "api error XAdminUserNotFound: No user exists with the provided access key ID.", "or keys"),
        (_answered(404) + "NoSuchBucket: The specified bucket does not exist.", "the bucket, first"),
        (_answered(400) + 'api error AuthorizationHeaderMalformed: the region "" is wrong', "AWS_REGION"),
        (
            "SDK 2026/11/27 16:40:36 WARN falling back to IMDSv1: response error StatusCode: 403\n"
            + _BEGIN
            + "get identity: get credentials: no EC2 IMDS role found, response error StatusCode: 403",
            "AWS_ACCESS_KEY_ID",
        ),
        (_BEGIN + _NONE + "http: server gave HTTP response to HTTPS client", "endpoint=http://"),
        (_BEGIN + _NONE + "dial tcp 127.0.0.1:9: connect: connection refused", "up and reachable"),
        (
            "error: unable to open bucket postgres://a@h:9/d: failed to ping PostgreSQL: dial tcp 127.0.0.1:9: "
            "connect: connection refused",
            "up and reachable",
        ),
        ('failed SASL auth: FATAL: password authentication failed for user "a" (SQLSTATE 28P01)', "the password"),
        ('FATAL: database "absent" does not exist (SQLSTATE 3D000)', "make the database"),
    ],
)
def test_a_store_that_refuses_is_told_in_one_line_with_its_way_out(text: str, way: str) -> None:
    found = refusal(place("klein", "s3://b/f", {"HOME": "/h"}), f"\n code: 255\n stdout: \n stderr: {text}\n")
    assert found.message.startswith("the store of the state, s3://b/f, cannot be used: ")
    assert "\n" not in found.message
    assert not [noise for noise in ("RequestID", "HostID", "SDK", "WARN") if noise in found.message]
    assert found.message.endswith(text[-20:])
    assert way in (found.hint or "")
