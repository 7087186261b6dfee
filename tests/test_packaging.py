"""What is installed is what is in the folders, and the lock files hold all of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support import ROOT, missing

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
FOLDERS = ("modules", "network", "stacks")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def python_folders() -> list[Path]:
    """Every folder under FOLDERS with Python code in it, relative to the project."""
    return sorted({path.parent.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")})


def committed() -> list[Path]:
    """The files of the project, also those not yet committed but not ignored either."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git clone")
    if not shutil.which("git"):
        missing("needs git: apt-get install git")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in names.split("\0") if name and os.path.lexists(ROOT / name)]


# ---- packages


def test_every_folder_with_code_is_a_package() -> None:
    assert [str(folder) for folder in python_folders() if not (ROOT / folder / "__init__.py").exists()] == []


def test_the_package_list_is_the_folders() -> None:
    found = [".".join(("virgem", *folder.parts)) for folder in python_folders()]
    listed = [name for name in SETUPTOOLS["packages"] if name.split(".")[1] in FOLDERS]
    assert listed == found


def test_the_package_list_is_sorted() -> None:
    assert SETUPTOOLS["packages"] == sorted(SETUPTOOLS["packages"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_links_for_type_checkers_lead_to_the_same_folders(folder: str) -> None:
    link = ROOT / ".typing" / "virgem" / folder
    assert os.readlink(link) == f"../../{folder}"
    assert SETUPTOOLS["package-dir"][f"virgem.{folder}"] == folder
    assert link.resolve() == ROOT / folder


BUILD = "import sys, setuptools.build_meta as b; out = sys.argv[1]; b.build_sdist(out); b.build_wheel(out)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built from a copy of the files (a build writes beside its source)."""
    copy, dist = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    for path in committed():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copy / path, follow_symlinks=False)
    done = subprocess.run([sys.executable, "-c", BUILD, dist], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return dist


def package_files() -> set[str]:
    """Every file, code and data, that lies in a package, but for the settings of tools."""
    packages = {folder for folder in (*FOLDERS, "playbooks") if f"virgem.{folder}" in SETUPTOOLS["packages"]}
    return {str(path) for path in committed() if path.parts[0] in packages and path.name[0] != "."}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {path for path in package_files() if f"virgem/{path}" not in names} == set()
    assert not [name for name in names if name.startswith(("virgem/tests/", "tests/"))]
    assert [name for name in names if name.endswith("LICENSE")] != []


@pytest.mark.slow
def test_the_sdist_holds_every_file_of_the_packages(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert (package_files() | {"pyproject.toml", "LICENSE"}) - names == set()


# ---- locks


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes of each package in a lock file."""
    text = re.sub(r"\\\n", " ", (ROOT / name).read_text())
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = {}
    for entry in entries:
        requirement = Requirement(entry.partition(" --hash=")[0])
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found[canonicalize_name(requirement.name)] = pin.version, re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
    return found


def declared(*groups: str) -> list[Requirement]:
    lines = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for group in groups:
        lines += PROJECT["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    entries = locked(name)
    assert len(entries) > 10
    assert [package for package, (_, hashes) in entries.items() if not hashes] == []


@pytest.mark.parametrize(("name", "groups"), [(LOCKS[0], ()), (LOCKS[1], ("dev",))])
def test_every_declared_dependency_is_locked_at_a_version_it_allows(name: str, groups: tuple[str, ...]) -> None:
    entries = locked(name)
    wrong = [
        str(requirement)
        for requirement in declared(*groups)
        if not requirement.specifier.contains(entries.get(canonicalize_name(requirement.name), ("0", []))[0])
        or canonicalize_name(requirement.name) not in entries
    ]
    assert wrong == [], "run .ci/lock"


def test_the_development_lock_holds_the_other_one_unchanged() -> None:
    assert {name: entry for name, entry in locked(LOCKS[0]).items() if locked(LOCKS[1]).get(name) != entry} == {}


def test_the_build_group_is_what_the_build_requires() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


# ---- nothing of one machine in the files

# Put together here, so that this file passes its own test.
FOLDERS_OF_ONE = (
    "/".join(("", *parts)) for parts in (("work", "main"), ("work", "shared"), ("opt", "wheels"), ("Users", ""))
)
INDEXES = (".".join(parts) for parts in (("files", "pythonhosted", "org"), ("pypi", "org/simple")))
STRANGERS = re.compile("|".join(map(re.escape, (*FOLDERS_OF_ONE, *INDEXES))))


@pytest.mark.parametrize("sign", ["index-url", "find-links", "://"])
@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_file_names_an_index(name: str, sign: str) -> None:
    assert sign not in (ROOT / name).read_text()


def test_no_file_names_a_folder_of_one_machine_or_a_package_index() -> None:
    wrong = []
    for path in committed():
        if (ROOT / path).is_symlink() or (ROOT / path).stat().st_size > 2**20:
            continue
        text = (ROOT / path).read_text("utf-8", errors="replace")
        wrong += [f"{path}: {match[0]}" for match in STRANGERS.finditer(text)]
    assert wrong == []


def test_scripts_may_be_run() -> None:
    assert [name for name in ("virgem", ".ci/run", ".ci/lock") if not os.access(ROOT / name, os.X_OK)] == []
