"""Programs that do the same work: how each is started, and what it is made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_PROBE = "import sys, importlib.metadata as m\nprint(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"


@dataclass(frozen=True)
class Contender:
    """A program that reads a landing and writes what it found into its folder.

    `locked`: file with the pinned packages of an environment of its own; none where the project's is used.
    `probe`: packages whose versions are told. `arguments`: after landing, side files and folder.
    """

    name: str
    script: str
    probe: tuple[str, ...]
    locked: str | None = None
    arguments: tuple[str, ...] = ()

    def prepared(self, environments: Path) -> Path:
        """Interpreter of the contender; its environment is made when it is not there, or made of other versions."""
        if self.locked is None:
            return Path(sys.executable)
        folder, wanted = environments / self.name, (HERE / self.locked).read_text(encoding="utf-8")
        python, made_of = folder / "bin" / "python", folder / self.locked
        if not made_of.exists() or made_of.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            install = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--requirement",
                str(HERE / self.locked),
            ]
            subprocess.run([python, *install], check=True)
            # Written last: an environment without it is not finished. Byte code is made here, not while measured.
            subprocess.run([python, "-m", "compileall", "-q", folder / "lib"], check=False)
            made_of.write_text(wanted, encoding="utf-8")
        return python

    def command(self, environments: Path, landing: Path, side: Path, out: Path) -> list[str]:
        """The whole process that is measured."""
        paths = (str(path.absolute()) for path in (landing, side, out))
        return [str(self.prepared(environments)), str(HERE / self.script), *paths, *self.arguments]

    def versions(self, environments: Path) -> str:
        """Versions of the libraries that do the work, asked of the environment itself."""
        asked = [str(self.prepared(environments)), "-c", _PROBE, *self.probe]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


_OURS = ("polars", "pandera", "polars-hash", "duckdb")

#: `cakupan` ends with tables, as the scripts do; `cakupan+pages` is the night as it comes, with the whole release.
CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("cakupan", "cakupan_night.py", _OURS, arguments=("tables",)),
        Contender("cakupan+pages", "cakupan_night.py", _OURS, arguments=("everything",)),
        Contender("polars", "polars_script.py", ("polars", "polars-hash")),
        Contender("duckdb", "duckdb_script.py", ("duckdb",)),
        # Newer dbt-core needs a parser that is fetched from outside the package registry.
        Contender("dbt", "dbt_project.py", ("dbt-core", "dbt-duckdb", "duckdb"), locked="dbt.lock"),
        Contender("pandas", "pandas_script.py", ("pandas", "pandera", "pyarrow"), locked="pandas.lock"),
    )
}


def surroundings() -> dict[str, str]:
    """The environment of a measured process: the caller's, without settings of a real installation."""
    left_out = ("CAKUPAN_", "PREFECT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return kept | {"PYTHONPATH": str(HERE.parent.parent), "DO_NOT_TRACK": "1"}
