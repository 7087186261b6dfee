"""Real ssh hosts on one machine: a network namespace, an overlay root and a systemd of its own for each.

All of them hang on one bridge in a management namespace; Ansible runs from there. Host keys are made per host and
verified, nobody has a password. Needs root, and Linux with overlayfs. A state file is written before anything is made,
so that what a killed run left behind is removed by the next one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from .explain import explain
from .images import Image

STATES = Path("/run/virgem-test-hosts")
START = Path(__file__).with_name("start_host.sh")
NETWORK = "10.203.0"
READY_SECONDS = 180.0  # for each host, from its own start: a busy machine may need most of a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One running host; `address` is on the management bridge."""

    name: str
    address: str
    namespace: str
    folder: Path

    @property
    def root(self) -> Path:
        """Where the host's file system is mounted on the machine (the overlay, without its tmpfs mounts)."""
        return self.folder / "root"

    @property
    def console(self) -> Path:
        """What its init has said on its terminal."""
        return self.folder / "console"


@dataclass(slots=True, kw_only=True)
class Lab:
    """A set of hosts that lives until the `with` block of `lab()` ends."""

    name: str
    folder: Path
    image: Image
    hosts: dict[str, Host] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def management(self) -> str:
        return f"{self.name}-mgmt"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    def add(self, *names: str) -> None:
        """Start hosts and return when each answers ssh with its own, known key and has started all its units."""
        self.prepare(*names)
        self.start(*names)

    def prepare(self, *names: str) -> None:
        """Make hosts that do not run yet: their files are under `root`."""
        for name in names:
            self._prepare(name)

    def start(self, *names: str, seconds: float = READY_SECONDS) -> None:
        """Start prepared hosts, all at once; one that is not ready in these seconds is an error that says why."""
        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(lambda name: self._start(self.hosts[name], seconds), names))

    def run(
        self, *argv: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the management namespace and return what it said, whatever its exit code."""
        command = ("ip", "netns", "exec", self.management, *argv)
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
        )

    def ssh(self, name: str, command: str) -> str:
        """Run a shell command as root on a host and return its output; raises when it fails."""
        done = self.run(*self._ssh(self.hosts[name]), f"sudo sh -c {_quoted(command)}")
        if done.returncode:
            raise RuntimeError(f"{name}: {command!r} ended with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def variables(self) -> dict[str, str]:
        """Connection variables every host of this lab shares in an Ansible inventory."""
        return {
            "ansible_user": "deploy",
            "ansible_become": "true",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(self.image.key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.known_hosts} -o StrictHostKeyChecking=yes",
        }

    def _ssh(self, host: Host) -> tuple[str, ...]:
        options = (
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={self.known_hosts}",
            "BatchMode=yes",
            "ConnectTimeout=10",
        )
        flags = tuple(part for option in options for part in ("-o", option))
        return ("ssh", "-F", "none", *flags, "-i", str(self.image.key), f"deploy@{host.address}")

    def _prepare(self, name: str) -> None:
        """Make a host's layers, namespace, cable and host key."""
        number = len(self.hosts) + 11
        folder = self.folder / name
        host = Host(name=name, address=f"{NETWORK}.{number}", namespace=f"{self.name}-{name}", folder=folder)
        self.hosts[name] = host
        _write_state(self)
        for part in ("upper", "work", "root"):
            (folder / part).mkdir(parents=True)
            (folder / part).chmod(0o755)
        layers = f"lowerdir={self.image.root},upperdir={folder}/upper,workdir={folder}/work"
        _do("mount", "-t", "overlay", "overlay", "-o", layers, str(host.root))
        self._cable(host, f"port{number}")
        self._identify(host)

    def _cable(self, host: Host, port: str) -> None:
        _do("ip", "netns", "add", host.namespace)
        _do(
            "ip",
            "link",
            "add",
            "eth0",
            "netns",
            host.namespace,
            "type",
            "veth",
            "peer",
            "name",
            port,
            "netns",
            self.management,
        )
        _batch(host.namespace, "link set dev lo up", "link set dev eth0 up", f"addr add {host.address}/24 dev eth0")
        _batch(self.management, f"link set dev {port} master bridge up")

    def _identify(self, host: Host) -> None:
        key = host.root / "etc/ssh/ssh_host_ed25519_key"
        _do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", host.name, "-f", str(key))
        with self.known_hosts.open("a") as known:
            known.write(f"{host.address} {key.with_suffix('.pub').read_text()}")
        names = {"hostname": f"{host.name}\n", "hosts": f"127.0.0.1 localhost\n{host.address} {host.name}\n"}
        for name, text in names.items():
            (host.root / "etc" / name).write_text(text)
            (host.root / "etc" / name).chmod(0o644)

    def _start(self, host: Host, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        cgroup = control_group(host)
        cgroup.mkdir(exist_ok=True)
        # Not `ip netns exec`: that hides /sys/fs/cgroup, which the host's init needs.
        enter = ("nsenter", f"--net=/run/netns/{host.namespace}")
        process = _on_terminal((*enter, str(START), host.name, str(host.root), str(cgroup), "/sbin/init"), host.console)
        self.processes.append(process)
        self._wait(host, process, deadline)

    def _wait(self, host: Host, process: subprocess.Popen[bytes], deadline: float) -> None:
        while (tried := self._try(host, "true")).returncode:
            if process.poll() is not None:
                raise RuntimeError(f"{host.name}: its init ended\n{_why(host, tried)}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{host.name} does not answer ssh\n{_why(host, tried)}")
            time.sleep(0.1)
        settled = self._try(host, "sudo systemctl is-system-running --wait")
        if settled.returncode:
            raise RuntimeError(f"{host.name} did not start all its units\n{_why(host, settled)}")
        self.ssh(host.name, "apt-get update -qq")

    def _try(self, host: Host, command: str) -> subprocess.CompletedProcess[str]:
        return self.run("timeout", str(READY_SECONDS), *self._ssh(host), command)


@contextmanager
def lab(image: Image) -> Iterator[Lab]:
    """Yield an empty lab whose management namespace serves the image's packages; removes all of it at the end."""
    sweep()
    STATES.mkdir(parents=True, exist_ok=True)
    # Not under TMPDIR: a colon in the path would part layers of an overlay, a long one leaves no room for sockets.
    folder = Path(tempfile.mkdtemp(prefix="vg", dir=STATES))
    made = Lab(name=folder.name, folder=folder, image=image)
    try:
        _write_state(made)
        _do("mount", "-t", "tmpfs", "-o", "size=4g", made.name, str(folder))
        _management(made)
        yield made
    finally:
        _remove(_state_of(made))
        for process in made.processes:
            process.wait()


def sweep() -> None:
    """Remove what labs of processes that no longer live have left behind."""
    for path in STATES.glob("*.json"):
        try:
            state = json.loads(path.read_text())
        except FileNotFoundError:  # its lab has just ended, or another sweep was here first
            continue
        if not _alive(state["owner"], state["started"]):
            _remove(state)


def _management(made: Lab) -> None:
    _do("ip", "netns", "add", made.management)
    _batch(
        *(made.management, "link set dev lo up", "link add dev bridge type bridge"),
        *("link set dev bridge up", f"addr add {NETWORK}.1/24 dev bridge"),
    )
    made.processes.append(_package_server(made))


def _package_server(made: Lab) -> subprocess.Popen[bytes]:
    """Start it and return when it listens."""
    server = ("-u", "-m", "http.server", "8000", "--bind", f"{NETWORK}.1", "--directory", str(made.image.repository))
    command = ("ip", "netns", "exec", made.management, sys.executable, *server)
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=silent, stdout=subprocess.PIPE, stderr=silent)
    if not process.stdout or not process.stdout.readline():
        raise RuntimeError(f"the package server ended with {process.wait()}")
    return process


def _state_of(made: Lab) -> dict[str, object]:
    return {
        "owner": os.getpid(),
        "started": _start_time(os.getpid()),
        "name": made.name,
        "folder": str(made.folder),
        "namespaces": [made.management, *(host.namespace for host in made.hosts.values())],
        "mounts": [str(host.root) for host in made.hosts.values()] + [str(made.folder)],
    }


def _write_state(made: Lab) -> None:
    STATES.mkdir(parents=True, exist_ok=True)
    path = STATES / f"{made.name}.json"
    path.with_suffix(".new").write_text(json.dumps(_state_of(made)))
    path.with_suffix(".new").rename(path)


def _remove(state: Mapping[str, object]) -> None:
    """Take a lab down by its state alone: processes, mounts, namespaces, folders; what is already gone is no error."""
    namespaces, mounts = (list(map(str, _items(state[key]))) for key in ("namespaces", "mounts"))
    for namespace in namespaces:
        _kill_all(namespace)
    for mount in mounts:
        subprocess.run(["umount", "--lazy", mount], capture_output=True)
    for namespace in namespaces:
        subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)
        _remove_cgroups(_cgroup(namespace))
    shutil.rmtree(str(state["folder"]), ignore_errors=True)
    (STATES / f"{state['name']}.json").unlink(missing_ok=True)


def _kill_all(namespace: str) -> None:
    """End every process of a network namespace; twice asked, because systemd starts things while it dies."""
    for _ in range(50):
        pids = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout.split()
        if not pids:
            return
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)


def _on_terminal(command: tuple[str, ...], transcript: Path) -> subprocess.Popen[bytes]:
    """Start a command on a terminal of its own and write all it says to a file, for as long as it has the terminal."""
    ours, its = os.openpty()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    Thread(target=_copy, args=(ours, transcript), daemon=True).start()
    return process


def _copy(terminal: int, transcript: Path) -> None:
    with transcript.open("wb", buffering=0) as out, suppress(OSError):  # reading fails once nobody has it any more
        while said := os.read(terminal, 4096):
            out.write(said)
    os.close(terminal)


def _why(host: Host, tried: subprocess.CompletedProcess[str]) -> str:
    return explain(host.namespace, host.console, tried.stdout + tried.stderr)


def control_group(host: Host) -> Path:
    """The control group of a host, in the one hierarchy that systemd needs; the others it never sees."""
    return _cgroup(host.namespace)


def _cgroup(namespace: str) -> Path:
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    top = next((target for _, target, kind, *_ in mounts if kind == "cgroup2"), None)
    if top is None:
        raise RuntimeError("no cgroup2 is mounted here: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified")
    return Path(top) / namespace


def _remove_cgroups(top: Path) -> None:
    """Remove a tree of groups; a killed process leaves its group a little later than its namespaces."""
    for _ in range(100):
        for folder, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()
        if not top.exists():
            return
        time.sleep(0.05)


def _start_time(pid: int) -> str:
    """The kernel's start time of a process: with the pid, it names a process for good. A zombie has none."""
    state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]


def _alive(pid: int, started: str) -> bool:
    try:
        return _start_time(pid) == started
    except (FileNotFoundError, ProcessLookupError):
        return False


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _batch(namespace: str, *lines: str) -> None:
    _do("ip", "-n", namespace, "-batch", "-", text="\n".join(lines) + "\n")


def _do(*argv: str, text: str | None = None) -> None:
    done = subprocess.run(argv, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr.strip()}")


def _quoted(command: str) -> str:
    return "'" + command.replace("'", "'\\''") + "'"
