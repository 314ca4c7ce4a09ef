"""Reports as JSON documents, for machines that trigger or watch runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flows.night import Report


def as_document(report: Report) -> str:
    """Return the report of a run as JSON: outcome, release, problems, warnings, stage times."""
    return json.dumps(as_facts(report), indent=1, ensure_ascii=False)


def as_facts(report: Report) -> dict[str, Any]:
    """Return the report of a run as plain values."""
    return {
        "run_id": report.run_id,
        "outcome": report.outcome,
        "exit_code": report.exit_code,
        "release_id": report.release_id,
        "files_read": report.files_read,
        "rows_accepted": report.rows_accepted,
        "rows_set_aside": report.rows_set_aside,
        "problems": [asdict(problem) for problem in report.problems],
        "findings": [
            {
                "check": finding.check.check_id,
                "severity": finding.check.severity,
                "rows": finding.rows,
                "first": [{"subject": one, "detail": two} for one, two in finding.offenders],
            }
            for finding in report.findings
            if finding.rows
        ],
        "steps": [asdict(step) for step in report.steps],
    }
