"""Programs that do the same work: how each is started, and what it is made with."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contender:
    """A program that reads a landing and writes `answer.csv` and `rejected.txt` into its folder.

    `packages`: what its own environment needs; empty where the project's environment is used.
    """

    name: str
    script: str
    packages: tuple[str, ...] = ()
    probe: tuple[str, ...] = field(default=("polars",))

    def python(self, environments: Path) -> Path:
        """Interpreter of the contender; its environment is made when it is not there."""
        if not self.packages:
            return Path(sys.executable)
        folder = environments / self.name
        python = folder / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", *self.packages], check=True)
        return python

    def command(self, environments: Path, landing: Path, side: Path, out: Path) -> list[str]:
        """The whole process that is measured."""
        python = self.python(environments)
        return [str(python), str(HERE / self.script), str(landing), str(side), str(out)]

    def versions(self, environments: Path) -> str:
        """Versions of the libraries that do the work, asked of the environment itself."""
        code = "import sys, importlib.metadata as m\nprint(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
        asked = [str(self.python(environments)), "-c", code, *self.probe]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("cakupan", "cakupan_night.py", probe=("polars", "pandera", "polars-hash", "duckdb")),
        Contender("polars", "polars_script.py", probe=("polars", "polars-hash")),
        Contender("duckdb", "duckdb_script.py", probe=("duckdb",)),
        # Newer dbt-core needs a parser that is fetched from outside the package registry.
        Contender("dbt", "dbt_project.py", ("dbt-duckdb==1.10.1", "dbt-core==1.10.23"),
                  probe=("dbt-core", "dbt-duckdb", "duckdb")),
        Contender("pandas", "pandas_script.py", ("pandas==3.1.1", "pandera[pandas]==0.35.0", "pyarrow"),
                  probe=("pandas", "pandera", "pyarrow")),
    )
}  # fmt: skip


def surroundings() -> dict[str, str]:
    """The environment of a measured process: the caller's, without settings of a real installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAKUPAN_")}
    return kept | {"PYTHONPATH": str(HERE.parent.parent), "DO_NOT_TRACK": "1"}
