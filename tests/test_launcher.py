"""The launcher on machines of all sorts: quick tests with stand-ins for uv and Python, slow ones that install."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import ROOT, need_tool

# All that the launcher may take from the machine; nothing else is on its PATH in these tests.
UTILITIES = (
    *("awk", "bash", "cat", "chmod", "cksum", "cp", "dash", "date", "df", "dirname", "env", "grep", "head", "ln", "ls"),
    *("mkdir", "ps", "readlink", "rm", "rmdir", "sh", "sleep", "tail", "tr"),
)

STAND_IN_UV = """#!/bin/sh
printf '%s\\n' "$*" >>"$CALLS"
case $1 in
--version) echo uv 1.0 ;;
venv) for env; do :; done; mkdir -p "$env/bin"; cp "$TOOLS/python3.12" "$env/bin/python"; echo >"$env/pyvenv.cfg" ;;
pip)
    sleep "${PIP_TAKES:-0}"
    if [ -n "${PIP_SAYS:-}" ]; then printf '%s\\n' "$PIP_SAYS" >&2; exit 1; fi
    printf '#!/bin/sh\\necho "ran $*"\\nexit "${COMMAND_EXITS:-0}"\\n' >"${5%/python}/virgem"
    chmod +x "${5%/python}/virgem" ;;
*) exit 1 ;;
esac
"""
GOOD_PYTHON = '#!/bin/sh\ncase $* in *"-m pytest"*) shift 3; echo "pytest $*" ;; *print*) echo 3.12 ;; esac\n'
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
PYTHON_WITHOUT_VENV = "#!/bin/sh\ncase $* in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac\n"
NOBODY = 65534


def write_tool(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@dataclass
class Machine:
    """A machine with a project folder, a folder of tools that is its whole PATH, and a home."""

    folder: Path
    shell: str = "sh"
    variables: dict[str, str] = field(default_factory=dict)
    user: int | None = None

    @property
    def project(self) -> Path:
        return self.folder / "the project"

    @property
    def env(self) -> Path:
        return self.project / ".venv"

    @property
    def tools(self) -> Path:
        return self.folder / "tools"

    @property
    def lock(self) -> Path:
        return self.project / ".venv.lock"

    def environment(self) -> dict[str, str]:
        known = {"PATH": self.tools, "HOME": self.folder / "home", "CALLS": self.folder / "calls", "TOOLS": self.tools}
        return {name: str(value) for name, value in known.items()} | self.variables

    def start(self, *arguments: str, program: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [shutil.which(self.shell) or self.shell, str(program or self.project / "virgem"), *arguments],
            env=self.environment(),
            cwd=self.folder,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            user=self.user,
            # A test run in the background has interrupts ignored, and a shell cannot undo that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *arguments: str, program: Path | None = None) -> tuple[int, str, str]:
        process = self.start(*arguments, program=program)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def calls(self, kind: str) -> list[str]:
        return [line for line in (self.folder / "calls").read_text().splitlines() if line.startswith(kind)]


def make_machine(folder: Path, shell: str = "sh") -> Machine:
    machine = Machine(folder, shell)
    for part in (machine.project, machine.tools, folder / "home"):
        part.mkdir()
    shutil.copy(ROOT / "virgem", machine.project)
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (machine.project / name).write_text(f"# {name}\nsome-package==1.0\n")
    for name in UTILITIES:
        if found := shutil.which(name):
            (machine.tools / name).symlink_to(found)
    write_tool(machine.tools / "uv", STAND_IN_UV)
    write_tool(machine.tools / "python3.12", GOOD_PYTHON)
    return machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return make_machine(tmp_path)


@pytest.fixture
def open_machine() -> Iterator[Machine]:
    """A machine whose folders another user may enter (pytest's own folders are closed to others)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield make_machine(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_first_start_sets_up_and_runs_the_command_and_the_second_only_runs_it(tmp_path: Path, shell: str) -> None:
    machine = make_machine(tmp_path, str(need_tool(shell)))
    first = machine.run("demo", "--json", "a b")
    assert (first[0], first[1]) == (0, "ran demo --json a b\n")
    assert "setting up" in first[2]
    assert len(machine.calls("pip")) == 2
    assert machine.run("demo") == (0, "ran demo\n", "")
    assert len(machine.calls("pip")) == 2


def test_the_exit_code_is_the_commands(machine: Machine) -> None:
    machine.variables["COMMAND_EXITS"] = "2"
    assert machine.run("plan")[0] == 2


def test_locked_packages_are_installed_by_hash_and_the_project_without_a_build_environment(machine: Machine) -> None:
    machine.run("demo")
    locked, project = machine.calls("pip")
    assert f"--require-hashes --requirement {machine.project}/requirements.lock" in locked
    assert f"--no-deps --no-build-isolation --editable {machine.project}" in project


def test_nothing_but_the_environment_is_left_in_the_project(machine: Machine) -> None:
    before = {path.name for path in machine.project.iterdir()}
    machine.run("demo")
    assert {path.name for path in machine.project.iterdir()} - before == {".venv"}


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_file_brings_the_environment_up_to_date(machine: Machine, changed: str) -> None:
    machine.run("demo")
    (machine.project / changed).write_text("other==2.0\n")
    assert "installing" in machine.run("demo")[2]
    assert machine.run("demo")[2] == ""
    assert len(machine.calls("venv")) == 1


def test_a_moved_project_gets_a_new_environment(machine: Machine) -> None:
    machine.run("demo")
    moved = machine.folder / "moved"
    machine.project.rename(moved)
    assert machine.run("demo", program=moved / "virgem")[:2] == (0, "ran demo\n")
    assert len(machine.calls("venv")) == 2
    assert machine.calls("venv")[-1].endswith(str(moved / ".venv"))


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.run("demo")
    (machine.env / "bin" / "python").unlink()
    assert machine.run("demo")[:2] == (0, "ran demo\n")


@pytest.mark.parametrize("links", [1, 2])
def test_it_can_be_called_through_relative_symlinks_from_anywhere(machine: Machine, links: int) -> None:
    names = [machine.folder / f"link{number}" for number in range(links)]
    for name, target in zip(names, ["the project/virgem", "link0"], strict=False):
        name.symlink_to(target)
    assert machine.run("demo", program=names[-1])[:2] == (0, "ran demo\n")
    assert machine.env.is_dir()


def test_test_installs_the_development_lock_once_and_hands_pytest_the_arguments(machine: Machine) -> None:
    machine.run("demo")
    code, out, _ = machine.run("test", "tests/test_x.py", "-k", "one or two")
    assert (code, out) == (0, "pytest tests/test_x.py -k one or two\n")
    assert f"--requirement {machine.project}/requirements-dev.lock" in machine.calls("pip")[2]
    assert machine.run("test")[2] == ""
    assert machine.run("demo") == (0, "ran demo\n", "")


def test_fast_leaves_out_the_slow_tests_and_the_benchmarks(machine: Machine) -> None:
    assert machine.run("test", "-x", "--fast", "tests")[1] == "pytest -x -m not slow and not benchmark tests\n"


@pytest.mark.parametrize(
    ("arguments", "shared"), [([], True), (["-v", "-ra"], True), (["-s"], False), (["-k", "one"], False)]
)
def test_all_tests_share_the_processors_and_single_ones_do_not(
    machine: Machine, arguments: list[str], shared: bool
) -> None:
    expected = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"] if shared else []
    assert machine.run("test", *arguments)[1].split() == ["pytest", *expected, *arguments]


def test_starts_at_the_same_time_make_one_environment_and_all_run(machine: Machine) -> None:
    machine.variables["PIP_TAKES"] = "0.5"
    starts = [machine.start("demo") for _ in range(3)]
    ends = [start.communicate(timeout=60) for start in starts]
    assert [(start.returncode, out) for start, (out, _) in zip(starts, ends, strict=True)] == [(0, "ran demo\n")] * 3
    assert len(machine.calls("venv")) == 1
    assert not machine.lock.is_symlink()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_an_interrupted_set_up_is_repeated_from_the_start(tmp_path: Path, shell: str, number: int, code: int) -> None:
    machine = make_machine(tmp_path, str(need_tool(shell)))
    machine.variables["PIP_TAKES"] = "3"
    start = machine.start("demo")
    wait_for(lambda: (tmp_path / "calls").exists() and bool(machine.calls("pip")))
    (machine.env / "half").write_text("of a package")
    start.send_signal(number)
    # The installer inherited the pipes: after a kill its end is awaited too, otherwise it ends at once.
    assert start.wait(timeout=2) == code
    assert not (machine.env / ".stamp-run").exists()
    assert machine.lock.is_symlink() == (number == signal.SIGKILL)
    del machine.variables["PIP_TAKES"]
    assert machine.run("demo")[:2] == (0, "ran demo\n")
    assert not (machine.env / "half").exists()
    assert not machine.lock.is_symlink()
    start.communicate(timeout=10)


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_lock_left_by_a_dead_process_does_not_stop_anyone(machine: Machine) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    machine.lock.symlink_to(str(dead.pid))
    assert machine.run("demo")[:2] == (0, "ran demo\n")


def test_a_folder_that_is_no_environment_is_left_alone(machine: Machine) -> None:
    machine.variables["VIRGEM_VENV"] = str(machine.folder / "home")
    (machine.folder / "home" / "letter").write_text("dear all")
    code, _, err = machine.run("demo")
    assert (code, "is not a Python environment" in err) == (1, True)
    assert (machine.folder / "home" / "letter").exists()


def test_virgem_venv_names_another_folder(machine: Machine) -> None:
    machine.variables["VIRGEM_VENV"] = "elsewhere/env"
    assert machine.run("demo")[:2] == (0, "ran demo\n")
    assert (machine.folder / "elsewhere" / "env" / "bin").is_dir()
    assert not machine.env.exists()


# ---- what can be wrong with a machine


def without_python(machine: Machine) -> None:
    (machine.tools / "python3.12").unlink()


def with_old_python(machine: Machine) -> None:
    without_python(machine)
    write_tool(machine.tools / "python3", OLD_PYTHON)


def with_wrong_choice(machine: Machine) -> None:
    machine.variables["VIRGEM_PYTHON"] = "/no/such/python"


def without_venv(machine: Machine) -> None:
    (machine.tools / "uv").unlink()
    write_tool(machine.tools / "python3.12", PYTHON_WITHOUT_VENV)


def with_full_disk(machine: Machine) -> None:
    (machine.tools / "df").unlink()
    write_tool(machine.tools / "df", "#!/bin/sh\necho header\necho /dev/sda1 1000000 990000 10240 99% /\n")


def pip_saying(words: str) -> object:
    return lambda machine: machine.variables.update(PIP_SAYS=words)


TROUBLES = {
    "no Python": (
        without_python,
        ["no Python 3.11 or newer", "apt install python3", "brew install python", "VIRGEM_PYTHON="],
    ),
    "an old Python": (with_old_python, ["no Python 3.11 or newer"]),
    "a wrong VIRGEM_PYTHON": (with_wrong_choice, ["VIRGEM_PYTHON=/no/such/python is not a Python 3.11"]),
    "no venv module": (without_venv, ["no venv and ensurepip", "apt install python3.12-venv"]),
    "a full disk": (with_full_disk, ["no disk space", "10 MB free", "VIRGEM_VENV="]),
    "a disk that fills up": (
        pip_saying("[Errno 28] No space left on device"),
        ["no disk space", "VIRGEM_VENV="],
    ),
    "no network": (
        pip_saying("error sending request: tcp connect error"),
        ["registry could not be reached", "HTTPS_PROXY"],
    ),
    "another package": (pip_saying("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"), ["not the one in the lock file"]),
    "another failure": (pip_saying("error: no such compiler"), ["no such compiler", "set-up failed", "setup.log"]),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_told_with_the_way_out(machine: Machine, trouble: str) -> None:
    arrange, expected = TROUBLES[trouble]
    assert callable(arrange)
    arrange(machine)
    code, out, err = machine.run("demo")
    assert (code, out) == (1, "")
    assert [words for words in expected if words not in err] == []
    assert not (machine.env / ".stamp-run").exists()
    assert not machine.lock.is_symlink()


@pytest.mark.parametrize("trouble", ["a disk that fills up", "no network", "another failure"])
def test_after_the_trouble_is_mended_the_same_command_works(machine: Machine, trouble: str) -> None:
    arrange, _ = TROUBLES[trouble]
    assert callable(arrange)
    arrange(machine)
    machine.run("demo")
    machine.variables.clear()
    assert machine.run("demo")[:2] == (0, "ran demo\n")


def test_a_python_without_venv_is_passed_over_for_one_that_has_it(machine: Machine) -> None:
    write_tool(machine.tools / "python3.13", PYTHON_WITHOUT_VENV)
    (machine.tools / "uv").unlink()
    write_tool(machine.tools / "python3.12", GOOD_PYTHON)
    assert "with " + str(machine.tools / "python3.12") in machine.run("demo")[2]


def make_read_only(machine: Machine) -> None:
    """Take away the right to write in the project, from a user who is not root."""
    if os.geteuid() == 0:
        machine.user = NOBODY
        os.chown(machine.folder / "home", NOBODY, NOBODY)
        machine.variables["CALLS"] = str(machine.folder / "home" / "calls")
    machine.project.chmod(0o555)


def test_a_read_only_project_gets_its_environment_in_the_users_cache(open_machine: Machine) -> None:
    make_read_only(open_machine)
    code, out, err = open_machine.run("demo")
    assert (code, out) == (0, "ran demo\n"), err
    (mirror,) = (open_machine.folder / "home" / ".cache" / "virgem").glob("*/source")
    assert (mirror / "pyproject.toml").resolve() == open_machine.project / "pyproject.toml"
    assert open_machine.run("demo") == (0, "ran demo\n", "")


def test_a_read_only_project_that_was_set_up_before_runs_as_it_is(open_machine: Machine) -> None:
    open_machine.run("demo")
    make_read_only(open_machine)
    assert open_machine.run("demo") == (0, "ran demo\n", "")


def test_with_no_folder_to_write_in_at_all_it_says_so(open_machine: Machine) -> None:
    make_read_only(open_machine)
    open_machine.variables["XDG_CACHE_HOME"] = "/proc/none"
    code, _, err = open_machine.run("demo")
    assert code == 1
    assert "cannot write the environment" in err
    assert "VIRGEM_VENV=" in err


def test_shellcheck_finds_nothing() -> None:
    tool = need_tool("shellcheck")
    scripts = [ROOT / "virgem", ROOT / ".ci" / "lock", ROOT / ".ci" / "run"]
    assert subprocess.run([tool, *scripts], capture_output=True, text=True).stdout == ""


# ---- time


def test_compiled_modules_are_kept_in_the_environment_even_where_bytecode_is_switched_off(machine: Machine) -> None:
    machine.run("demo")
    machine.variables["PYTHONDONTWRITEBYTECODE"] = "1"
    write_tool(machine.env / "bin" / "virgem", '#!/bin/sh\necho "${PYTHONDONTWRITEBYTECODE-on} $PYTHONPYCACHEPREFIX"\n')
    assert machine.run("demo")[1] == f"on {machine.env}/bytecode\n"


@pytest.mark.benchmark
def test_a_second_start_costs_no_more_than_a_few_starts_of_python(machine: Machine) -> None:
    machine.run("demo")
    launcher = best_time([str(machine.tools / "sh"), str(machine.project / "virgem"), "demo"], machine.environment())
    python = best_time([sys.executable, "-I", "-c", "pass"], dict(os.environ))
    assert launcher < 8 * python + 0.02, f"launcher {launcher:.3f} s, python {python:.3f} s"


def best_time(command: list[str], environment: dict[str, str]) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return min(times)


# ---- the real uv and pip, on a tiny project that needs setuptools only

TINY = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "virgem"
version = "0"
[project.scripts]
virgem = "virgem.modules:run"
[tool.setuptools]
package-dir = { "virgem.modules" = "modules" }
packages = ["virgem.modules"]
"""


def locked_entry(name: str) -> str:
    entry = re.search(rf"^{name}==.*\n(?:    --hash.*\n)+", (ROOT / "requirements.lock").read_text(), re.M)
    assert entry, f"{name} is not in requirements.lock"
    return entry[0]


@pytest.fixture
def real(machine: Machine) -> Machine:
    """A machine with real Python and pip, without uv, and with the settings of this one for reaching the registry."""
    machine.variables.update(
        {n: v for n, v in os.environ.items() if n.startswith(("PIP_", "UV_", "SSL_")) or "proxy" in n.lower()}
    )
    (machine.tools / "uv").unlink()
    write_tool(machine.tools / "python3.12", f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" "$@"\n')
    (machine.project / "pyproject.toml").write_text(TINY)
    (machine.project / "requirements.lock").write_text(locked_entry("setuptools"))
    (machine.project / "modules").mkdir()
    (machine.project / "modules" / "__init__.py").write_text(
        "import sys\n\n\ndef run():\n    print('really', sys.argv[1:])\n"
    )
    return machine


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.slow
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_the_real_installers_make_a_working_environment(real: Machine, installer: str) -> None:
    if installer == "uv":
        (real.tools / "uv").symlink_to(shutil.which("uv") or pytest.skip("needs uv, which is optional"))
    assert real.run("demo", "x y")[:2] == (0, "really ['demo', 'x y']\n")
    assert real.run("demo") == (0, "really ['demo']\n", "")


@pytest.mark.slow
def test_a_registry_that_does_not_answer_is_told_as_such(real: Machine) -> None:
    index = f"http://127.0.0.1:{closed_port()}/simple"
    real.variables.update(PIP_INDEX_URL=index, PIP_RETRIES="0", PIP_FIND_LINKS="", PIP_EXTRA_INDEX_URL="")
    code, out, err = real.run("demo")
    assert (code, out) == (1, "")
    assert "registry could not be reached" in err


@pytest.mark.slow
def test_a_package_with_another_hash_is_refused(real: Machine) -> None:
    lock = real.project / "requirements.lock"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    code, out, err = real.run("demo")
    assert (code, out) == (1, "")
    assert "not the one in the lock file" in err
