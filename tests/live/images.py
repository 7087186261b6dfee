"""A disposable Debian for test hosts: one base root, one signed package repository, built once per user and kept.

Nothing of it is committed; it lies under the user's cache folder and is keyed by what went into it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

RECIPE = 6  # raise it when the steps below change what they make
SUITE = "bookworm"
MIRROR = os.environ.get("VIRGEM_DEBIAN_MIRROR", "http://deb.debian.org/debian")
REPOSITORY = "http://10.203.0.1:8000"
KEYRING = "/usr/share/keyrings/virgem-test.gpg"
PACKAGES = (
    "ca-certificates,dbus,iproute2,openssh-server,procps,python3,python3-apt,sudo,systemd,systemd-sysv,util-linux"
)
# Units that need a real machine, or that would start work of their own in the middle of a test.
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "systemd-resolved.service",
    "systemd-timesyncd.service",
    "systemd-udev-trigger.service",
    "systemd-udevd.service",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A built base: `root` is the read-only lower layer of each host, `repository` is served to them."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def key(self) -> Path:
        return self.folder / "id_ed25519"


def image(role_packages: Iterable[str]) -> Image:
    """Return the image whose repository holds these packages and all they need, building it when it is not there."""
    wanted = tuple(sorted(set(role_packages)))
    recipe = repr((RECIPE, SUITE, PACKAGES, MASKED, REPOSITORY, wanted))
    cache = cache_root()
    folder = cache / hashlib.sha256(recipe.encode()).hexdigest()[:16]
    with _one_builder(cache), _readable_files():
        if not folder.is_dir():
            _build(folder, wanted)
    return Image(folder=folder)


def cache_root() -> Path:
    """Return the folder for what tests build once."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "virgem" / "test-hosts"
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextmanager
def _one_builder(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _readable_files() -> Iterator[None]:
    """Other accounts of a host read its files, whatever the user's mask is."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _build(folder: Path, role_packages: tuple[str, ...]) -> None:
    """Build beside the final name and rename at the end, so that a half-built image is never used."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as name:
        new = Image(folder=Path(name) / "image")
        new.folder.mkdir()
        _bootstrap(new, role_packages)
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "virgem test hosts", "-f", str(new.key))
        _sign_repository(new)
        _prepare_root(new)
        new.folder.rename(folder)


def _bootstrap(new: Image, role_packages: tuple[str, ...]) -> None:
    pool = new.repository / "pool"
    pool.mkdir(parents=True)
    download = (
        f'chroot "$1" apt-get install --yes -qq --download-only --no-install-recommends {" ".join(role_packages)}'
    )
    collect = f'find "$1/var/cache/apt/archives" -name "*.deb" -exec mv -t {pool} {{}} +'
    _run(
        *("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={PACKAGES}"),
        *(f"--customize-hook={download}", f"--customize-hook={collect}"),
        *(SUITE, str(new.root), MIRROR),
    )


def _sign_repository(new: Image) -> None:
    """Index the packages as a one-suite Debian archive and sign it with a key that exists for this image only."""
    dist = new.repository / "dists" / SUITE
    binary = dist / "main" / "binary-amd64"
    binary.mkdir(parents=True)
    (binary / "Packages").write_text("\n".join(_stanza(new, deb) for deb in sorted(new.repository.glob("pool/*.deb"))))
    (dist / "Release").write_text(_release(dist, binary / "Packages"))
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:
        gpg = ("gpg", "--homedir", home, "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback")
        _run(*gpg, "--passphrase", "", "--quick-generate-key", "virgem test repository", "ed25519", "sign", "never")
        _run(*gpg, "--output", str(new.folder / "keyring.gpg"), "--export")
        _run(*gpg, "--clearsign", "--output", str(dist / "InRelease"), str(dist / "Release"))
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def _stanza(new: Image, deb: Path) -> str:
    control = _run("dpkg-deb", "--field", str(deb)).rstrip("\n")
    data = deb.read_bytes()
    path = deb.relative_to(new.repository)
    return f"{control}\nFilename: {path}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"


def _release(dist: Path, packages: Path) -> str:
    data = packages.read_bytes()
    line = f" {hashlib.sha256(data).hexdigest()} {len(data)} {packages.relative_to(dist)}"
    head = {"Origin": "virgem-test", "Suite": SUITE, "Codename": SUITE, "Date": formatdate(usegmt=True)}
    fields = "".join(f"{key}: {value}\n" for key, value in head.items())
    return f"{fields}Architectures: amd64\nComponents: main\nSHA256:\n{line}\n"


def _prepare_root(new: Image) -> None:
    """Give the root a management account that is reached by key only, and the repository as its only source."""
    root = new.root
    shutil.copy(new.folder / "keyring.gpg", root / KEYRING.lstrip("/"))
    (root / "etc/apt/sources.list").write_text(f"deb [signed-by={KEYRING}] {REPOSITORY} {SUITE} main\n")
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.203.0.1\n")
    (root / "etc/machine-id").write_text("")
    for old in root.glob("etc/ssh/ssh_host_*"):
        old.unlink()
    _add_account(root, new.key.with_suffix(".pub").read_text())
    for unit in MASKED:
        _link_to_null(root / "etc/systemd/system" / unit)
    _run("chroot", str(root), "systemctl", "--quiet", "set-default", "multi-user.target")
    _clock_is_not_ours(root)
    # There are no devices to manage: netplan's calls of this tool have nothing to do.
    _script(root / "usr/local/sbin/udevadm", "exit 0")


def _clock_is_not_ours(root: Path) -> None:
    """Let chronyd run without the right to set the clock: the hosts share it with the machine."""
    drop_in = root / "etc/systemd/system/chrony.service.d/test-host.conf"
    drop_in.parent.mkdir(parents=True)
    command = "ExecStart=\nExecStart=!/usr/sbin/chronyd -x $DAEMON_OPTS"
    drop_in.write_text(f"[Unit]\nConditionCapability=\n[Service]\n{command}\n")


def _add_account(root: Path, public_key: str) -> None:
    _run("chroot", str(root), "useradd", "--create-home", "--shell", "/bin/bash", "deploy")
    ssh = root / "home/deploy/.ssh"
    ssh.mkdir(mode=0o700)
    (ssh / "authorized_keys").write_text(public_key)
    _run("chroot", str(root), "chown", "-R", "deploy:deploy", "/home/deploy/.ssh")
    sudoers = root / "etc/sudoers.d/deploy"
    sudoers.write_text("deploy ALL=(ALL) NOPASSWD:ALL\n")
    sudoers.chmod(0o440)


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def _link_to_null(unit: Path) -> None:
    unit.unlink(missing_ok=True)
    unit.symlink_to("/dev/null")


def _run(*argv: str) -> str:
    """Run a tool and return its output; a failure names the command and shows its last lines."""
    done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout
