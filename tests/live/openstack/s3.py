"""An S3 server of a test's own, on this machine only: versitygw, built from its Go module once and kept."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from live import built
from live.openstack.postgres import free_port

SOURCES = Path(__file__).with_name("s3-server")
_BUCKET, _KEY = "state", "virgem"
_START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where the server listens, and the folder of the objects."""

    port: int
    folder: Path

    @property
    def access(self) -> dict[str, str]:
        """Return the variables with which it is entered; nothing is asked of the machine's own cloud."""
        return {
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": "CANARY-of-the-bucket",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def url(self, folder: str) -> str:
        return f"s3://{_BUCKET}/{folder}?endpoint=http://127.0.0.1:{self.port}"

    def refusals(self) -> Iterator[tuple[str, dict[str, str], str, str]]:
        """Yield a URL and variables that do not enter, what is said of it and of the way out."""
        here, keys = self.url("klein"), "check the user and the password, or keys"
        yield here, {"AWS_SECRET_ACCESS_KEY": "CANARY-wrong"}, "SignatureDoesNotMatch", keys
        yield here, {"AWS_ACCESS_KEY_ID": "nobody"}, "No user exists with the provided access key", keys
        without = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        yield here, without, "get credentials", "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        yield here, {"AWS_REGION": ""}, 'the region "" is wrong', "give AWS_REGION"
        yield here.replace(_BUCKET, "absent", 1), {}, "NoSuchBucket", "or the bucket, first"
        yield here.replace("http://", "https://"), {}, "HTTP response to HTTPS client", "endpoint=http://"
        nobody = here.replace(str(self.port), "9")
        yield nobody, {}, "connection refused", "is the store up and reachable"

    def objects(self) -> dict[str, bytes]:
        """Return what the bucket holds, by key."""
        root = self.folder / "buckets" / _BUCKET
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@contextmanager
def bucket() -> Iterator[Bucket]:
    """Start a server with one bucket, and take it away afterwards."""
    program = built.program(SOURCES, ".", "an S3 server")
    found = Bucket(port=free_port(), folder=Path(tempfile.mkdtemp(prefix="virgem-")))
    try:
        (found.folder / "buckets" / _BUCKET).mkdir(parents=True)
        command = [program, found.folder, str(found.port)]
        with subprocess.Popen(command, env={**os.environ, **found.access}, stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(server, found.port)
                yield found
            finally:
                server.kill()
    finally:
        shutil.rmtree(found.folder)


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert server.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
