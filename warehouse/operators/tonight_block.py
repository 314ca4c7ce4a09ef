"""The section of what is expected: who is awaited since when, and who is late."""

from __future__ import annotations

from functools import cached_property

from warehouse.operators.awaited import Awaited, awaited
from warehouse.operators.wording import Telling


class TonightBlock(Telling):
    """Offices that are awaited."""

    @cached_property
    def awaited(self) -> tuple[Awaited, ...]:
        """Offices that are awaited."""
        return awaited(self.told, self.now)

    @property
    def late(self) -> int:
        """Offices that are late."""
        return sum(one.late_days > 0 for one in self.awaited)

    @property
    def heading(self) -> str:
        """How many offices are awaited, and how many are late."""
        if not self.awaited:
            return self.lang.t("op.tonight.none")
        if self.late:
            return self.lang.t("op.tonight.late", late=self.late, n=len(self.awaited))
        return self.lang.tn("op.tonight.awaited", len(self.awaited))

    def since(self, one: Awaited) -> str:
        """Return the months that are awaited of an office."""
        month = self.lang.month(one.since)
        if one.months == 1:
            return month
        return self.lang.tn("op.tonight.and_more", one.months - 1, month=month)

    def usual(self, one: Awaited) -> str:
        """Return when an office usually delivers."""
        if one.usual_days is None:
            return self.lang.t("op.tonight.usual_unknown")
        if one.usual_days < 0:
            return self.lang.t("op.tonight.usual_before")
        return self.lang.t("op.tonight.usual_days", n=one.usual_days)

    def status(self, one: Awaited) -> str:
        """Return whether an office is late, or when it is expected."""
        if one.due is None:
            return self.lang.t("op.tonight.no_due")
        if one.late_days:
            return self.lang.tn("op.tonight.late_days", one.late_days)
        tonight = self.now.day(self.now.next_run_at) if self.now.next_run_at else self.now.today
        if one.due <= tonight:
            return self.lang.t("op.tonight.due_tonight")
        return self.lang.t("op.tonight.due_on", day=self.lang.short_day(one.due))
