"""Checks of the result: each SQL file returns the offending rows, named after the defect it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from schemas.errors import ContractBroken
from warehouse.database import Connection

Severity = Literal["error", "warning"]
_HEADER = re.compile(r"\A-- severity: (error|warning)\n((?:-- .*\n)+)")
#: Offending rows kept per check; the count is always complete.
SHOWN = 20


@dataclass(frozen=True)
class Check:
    """One check: what it finds and whether it stops the release."""

    check_id: str
    severity: Severity
    meaning: str
    query: str


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: how many rows offend, and the first of them as (subject, detail)."""

    check: Check
    rows: int
    offenders: tuple[tuple[str, str], ...]

    @property
    def stops_release(self) -> bool:
        """Whether this finding keeps the night from publishing."""
        return self.rows > 0 and self.check.severity == "error"


@cache
def declared_checks() -> tuple[Check, ...]:
    """Every check of this package, by name. Raises ContractBroken for a file without the header."""
    files = sorted(resources.files("warehouse.checks").iterdir(), key=lambda item: item.name)
    return tuple(
        _check(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".sql")
    )


def _check(check_id: str, text: str) -> Check:
    match = _HEADER.match(text)
    if match is None:
        raise ContractBroken(
            "the file lacks its header: '-- severity: error|warning', then what it finds",
            where=f"warehouse/checks/{check_id}.sql",
        )
    meaning = " ".join(line.removeprefix("-- ").strip() for line in match[2].splitlines())
    severity: Severity = "error" if match[1] == "error" else "warning"
    return Check(check_id, severity, meaning, text[match.end() :])


def run_checks(connection: Connection) -> list[Finding]:
    """Run every check against the marts; nothing is written."""
    findings = []
    for check in declared_checks():
        rows = connection.execute(
            f"SELECT subject::VARCHAR, detail::VARCHAR FROM ({check.query}) ORDER BY ALL"
        )
        offenders = rows.fetchall()
        findings.append(Finding(check, len(offenders), tuple((one, two) for one, two in offenders[:SHOWN])))
    return findings
