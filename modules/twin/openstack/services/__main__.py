"""Makes this folder known as the package `virgem_services`, then starts the launcher in it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

PACKAGE = "virgem_services"


def main() -> None:
    """Run the launcher for the folder of an instance."""
    here = Path(__file__).resolve().parent
    # Python put this folder first among those it imports from: its files would hide packages of the same name.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]
    spec = importlib.util.spec_from_file_location(PACKAGE, here / "__init__.py", submodule_search_locations=[str(here)])
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)
    # Services read the arguments of their own commands here.
    folder, sys.argv[1:] = Path(sys.argv[1]), []
    launcher = importlib.import_module(f"{PACKAGE}.launcher")
    sys.exit(launcher.main(folder))


if __name__ == "__main__":
    main()
