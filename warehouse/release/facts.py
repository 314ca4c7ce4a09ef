"""What is known of a release before its folder is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from warehouse.checks import Finding


@dataclass(frozen=True)
class ReleaseFacts:
    """Everything about a release that does not come from its tables; moments are passed in."""

    release_id: str
    input_state: str
    run_id: str
    data_as_of: date | None
    started_at: datetime
    published_at: datetime
    next_run_at: datetime | None
    previous_release_id: str | None
    program_version: str
    findings: tuple[Finding, ...]
    files_rejected: tuple[tuple[str, str], ...]
    is_synthetic: bool

    @property
    def checks_passed(self) -> int:
        """Checks that found nothing."""
        return sum(finding.rows == 0 for finding in self.findings)

    @property
    def checks_warned(self) -> int:
        """Warnings with at least one offending row."""
        return sum(finding.rows > 0 and finding.check.severity == "warning" for finding in self.findings)


def release_id(data_as_of: date | None, input_state: str, *, is_synthetic: bool) -> str:
    """Return the day of the newest data and the start of the digest of all inputs: equal inputs, equal id.

    A release with invented data says so in its id, which stands in every row of every table.
    """
    day = data_as_of.isoformat() if data_as_of else "no-data"
    return f"{day}-{input_state[:8]}{'-SYNTHETIC' if is_synthetic else ''}"
