"""The DuckDB statements as a dbt project: a model per table, a test with stored failures per rule.

Arguments: landing folder, folder of side files (regions.csv, base.csv, key.txt), folder for the results.
"""

import json
import re
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

landing, side, out = map(Path, sys.argv[1:4])
key = (side / "key.txt").read_text(encoding="ascii").strip().encode().ljust(64, b"\0")
sql = Path(__file__).with_name("duckdb_script.sql").read_text(encoding="utf-8")
sql = sql.format(landing=landing, side=side, out=out)
for name, mask in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
    sql = sql.replace(f"getvariable('{name}')", f"'{bytes(byte ^ mask for byte in key).hex()}'")
statements = [part.strip() for part in sql.split(";\n") if part.strip()]
tables = [
    re.match(r"CREATE TABLE (\w+) AS\s", part)[1] for part in statements if part.startswith("CREATE TABLE")
]
macro = next(part for part in statements if "CREATE MACRO" in part)
macro = macro[macro.index("CREATE MACRO") :].replace("CREATE MACRO", "CREATE OR REPLACE MACRO")


def with_refs(text: str, own: str) -> str:
    names = "|".join(name for name in tables if name != own)
    return re.sub(rf"\b(FROM|JOIN) ({names})\b", r"\1 {{ ref('\2') }}", text)


models, tests = out / "models", out / "tests"
for folder in (models, tests):
    folder.mkdir(parents=True, exist_ok=True)
for part in statements:
    if part.startswith("CREATE TABLE"):
        written = re.match(r"CREATE TABLE (\w+)", part)[1]
        body = re.sub(r"^CREATE TABLE \w+ AS\s", "", part)
        (models / f"{written}.sql").write_text(with_refs(body, written), encoding="utf-8")
for reason in sorted(set(re.findall(r"THEN '(\w+:\w+)' END", sql))):
    (tests / f"{reason.replace(':', '__')}.sql").write_text(
        f"SELECT * FROM {{{{ ref('judged') }}}} WHERE list_contains(reasons, '{reason}')", encoding="utf-8"
    )
(tests / "one_row_per_person.sql").write_text(
    "SELECT as_of, person FROM {{ ref('persons') }} GROUP BY ALL HAVING count(*) > 1", encoding="utf-8"
)
(tests / "balance_adds_up.sql").write_text(
    "SELECT * FROM {{ ref('balance') }} WHERE delivered <> memberships + duplicates + superseded",
    encoding="utf-8",
)
project = {
    "name": "members", "version": "1.0", "profile": "members", "model-paths": ["models"], "test-paths": ["tests"],
    "on-run-start": [macro],
    "models": {"members": {"+materialized": "table"}},
    "data_tests": {"members": {"+store_failures": True, "+severity": "warn"}},
}  # fmt: skip
(out / "dbt_project.yml").write_text(json.dumps(project), encoding="utf-8")
target = {"type": "duckdb", "path": str(out / "work.duckdb"), "threads": 2,
          "settings": {"threads": 2, "memory_limit": "4GB", "preserve_insertion_order": False}}  # fmt: skip
profile = {"members": {"target": "benchmark", "outputs": {"benchmark": target}}}
(out / "profiles.yml").write_text(json.dumps(profile), encoding="utf-8")
result = dbtRunner().invoke(["build", "--project-dir", str(out), "--profiles-dir", str(out), "--quiet"])
if not result.success:
    raise SystemExit(
        str(result.exception or [item.message for item in result.result if item.status == "error"])
    )

import duckdb

with duckdb.connect(str(out / "work.duckdb")) as connection:
    for part in statements:
        if part.startswith("COPY"):
            connection.execute(part)
