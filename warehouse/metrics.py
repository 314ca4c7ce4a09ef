"""`metrics.prom`: how the nights went, in OpenMetrics text, for any monitor outside.

It stands beside the releases and is replaced after every run, since a release never changes. Everything is
read from the ledger; nothing but names, counts and moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.database import Connection, rows

NAME = "metrics.prom"
#: The moment of the last night after which the figures were up to date.
LAST_SUCCESS = "cakupan_last_success_timestamp_seconds"

_CLOSED = "FROM ledger.runs WHERE outcome <> 'running'"
_GOOD = "('published', 'nothing_new', 'partly_failed')"
_COUNTED = "FROM ledger.counted_files GROUP BY source ORDER BY source"


@dataclass(frozen=True)
class _Metric:
    """A gauge: its name, what it says, and the query of its labels and value."""

    name: str
    meaning: str
    query: str

    @property
    def unit(self) -> str:
        return "seconds" if self.name.endswith("_seconds") else ""


def _of_last_run(value: str) -> str:
    return f"SELECT max_by({value}, started_at) AS value {_CLOSED}"


_METRICS = (
    _Metric(
        "cakupan_last_run_timestamp_seconds",
        "End of the last run, whatever its outcome.",
        f"SELECT max(epoch(finished_at)) AS value {_CLOSED}",
    ),
    _Metric(
        LAST_SUCCESS,
        "End of the last run that left the figures up to date.",
        f"SELECT max(epoch(finished_at)) AS value {_CLOSED} AND outcome IN {_GOOD}",
    ),
    _Metric("cakupan_last_run_exit_code", "Exit code of the last run; 0 is good.", _of_last_run("exit_code")),
    _Metric(
        "cakupan_last_run_duration_seconds",
        "How long the last run took.",
        _of_last_run("epoch(finished_at) - epoch(started_at)"),
    ),
    _Metric(
        "cakupan_last_run_files_rejected",
        "Files that the last run rejected.",
        _of_last_run("files_rejected"),
    ),
    _Metric(
        "cakupan_last_run_stage_duration_seconds",
        "How long each stage of the last run took.",
        f"""SELECT step AS stage, seconds AS value FROM ledger.steps
            WHERE run_id = (SELECT max_by(run_id, started_at) {_CLOSED}) ORDER BY step""",
    ),
    _Metric(
        "cakupan_check_rows",
        "Rows that each check found when it last ran.",
        """SELECT check_id AS "check", severity, rows AS value FROM ledger.check_results
           WHERE run_id = (SELECT max(run_id) FROM ledger.check_results) ORDER BY check_id""",
    ),
    _Metric("cakupan_files", "Files that count, by source.", f"SELECT source, count(*) AS value {_COUNTED}"),
    _Metric(
        "cakupan_rows_accepted",
        "Accepted rows of the files that count, by source.",
        f"SELECT source, sum(rows_accepted) AS value {_COUNTED}",
    ),
    _Metric(
        "cakupan_rows_set_aside",
        "Rows set aside of the files that count, by source.",
        f"SELECT source, sum(rows_quarantined) AS value {_COUNTED}",
    ),
    _Metric(
        "cakupan_release_timestamp_seconds",
        "When the newest release was published.",
        "SELECT max(epoch(published_at)) AS value FROM ledger.releases",
    ),
    _Metric(
        "cakupan_data_as_of_timestamp_seconds",
        "Newest day that the newest release has figures for.",
        "SELECT max_by(epoch(data_as_of), published_at) AS value FROM ledger.releases",
    ),
)


def metrics_text(connection: Connection) -> str:
    """Return every metric that has a value, as OpenMetrics text; all are gauges."""
    lines: list[str] = []
    for metric in _METRICS:
        found = [row for row in rows(connection, metric.query) if row["value"] is not None]
        if found:
            lines.append(f"# TYPE {metric.name} gauge")
            lines += [f"# UNIT {metric.name} {metric.unit}"] if metric.unit else []
            lines += [f"# HELP {metric.name} {metric.meaning}", *(_sample(metric.name, row) for row in found)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _sample(name: str, row: dict[str, Any]) -> str:
    labels = ",".join(f'{label}="{_escaped(str(row[label]))}"' for label in row if label != "value")
    return f"{name}{f'{{{labels}}}' if labels else ''} {float(row['value']):.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def write_metrics(connection: Connection, published: Path) -> None:
    """Replace the metrics file in one step, readable by all."""
    fresh = published / f".{NAME}.unfinished"
    fresh.write_text(metrics_text(connection), encoding="utf-8")
    fresh.chmod(0o644)
    fresh.replace(published / NAME)


def last_success(published: Path) -> float | None:
    """Seconds since 1970 of the last good night as the metrics file tells it; None when it does not.

    For times when a run holds the ledger.
    """
    try:
        lines = (published / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    values = [line.split()[1] for line in lines if line.startswith(f"{LAST_SUCCESS} ")]
    return float(values[0]) if values else None
