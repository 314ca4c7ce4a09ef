"""The same work as hand-written DuckDB SQL, run statement by statement on a fresh database file.

Arguments: landing folder, folder of side files (regions.csv, base.csv, key.txt), folder for the results.
"""

import sys
from pathlib import Path

import duckdb

landing, side, out = map(Path, sys.argv[1:4])
out.mkdir(parents=True, exist_ok=True)
key = (side / "key.txt").read_text(encoding="ascii").strip().encode().ljust(64, b"\0")
connection = duckdb.connect(
    str(out / "work.duckdb"),
    config={"threads": 2, "memory_limit": "4GB", "temp_directory": str(out / "spill"),
            "preserve_insertion_order": "false", "autoinstall_known_extensions": "false"},
)  # fmt: skip
connection.execute("SET VARIABLE inner_pad = ?", [bytes(byte ^ 0x36 for byte in key).hex()])
connection.execute("SET VARIABLE outer_pad = ?", [bytes(byte ^ 0x5C for byte in key).hex()])
values = {"landing": landing, "side": side, "out": out}
text = Path(__file__).with_name("duckdb_script.sql").read_text(encoding="utf-8")
for statement in text.split(";\n"):
    if statement.strip():
        connection.execute(statement.format(**values))
connection.close()
