"""The section of the last nights: its heading, the strip, and its key."""

from __future__ import annotations

from functools import cached_property

from warehouse.operators.facts import Run
from warehouse.operators.nights import Night, nights
from warehouse.operators.wording import Telling


class NightBlock(Telling):
    """The last nights."""

    @cached_property
    def strip(self) -> tuple[Night, ...]:
        """The last nights, oldest first."""
        return nights(self.told, self.now)

    @property
    def due(self) -> list[Night]:
        """Nights of which something should have come."""
        return [night for night in self.strip if night.is_due]

    @property
    def good(self) -> int:
        """Nights after which the figures were up to date."""
        return sum(night.is_good for night in self.due)

    @property
    def heading(self) -> str:
        """How the nights went: the good ones of those due, and what became of the others."""
        if not self.due:
            return self.lang.t("op.nights.none")
        if self.good == len(self.due):
            return self.lang.t("op.nights.all_good")
        missing = sum(night.state == "missing" for night in self.due)
        failed = len(self.due) - self.good - missing
        parts = [
            self.lang.t(
                "op.nights.heading", good=self.lang.integer(self.good), due=self.lang.integer(len(self.due))
            ),
            *([self.lang.tn("op.nights.failed", failed)] if failed else []),
            *([self.lang.tn("op.nights.missing", missing)] if missing else []),
        ]
        return ", ".join(parts)

    @property
    def subtitle(self) -> str:
        """What a box and a bar of the strip are."""
        if self.longest is None:
            return self.lang.t("op.nights.subtitle_no_bars", zone=self.now.zone_label)
        return self.lang.t("op.nights.subtitle", zone=self.now.zone_label, longest=self.took(self.longest))

    @property
    def longest(self) -> float | None:
        """Seconds of the longest night shown."""
        return max((night.seconds for night in self.strip if night.seconds is not None), default=None)

    def height(self, night: Night) -> str:
        """Return the height of a night's bar in percent of the longest."""
        return f"{100 * night.seconds / self.longest:.1f}" if night.seconds and self.longest else "0"

    def cell(self, night: Night) -> str:
        """Return what a box of the strip says to who cannot see it."""
        words = {"day": self.lang.day(night.day), "state": self.state(night.state)}
        text = (
            self.lang.t("op.nights.cell", **words)
            if night.seconds is None
            else self.lang.t("op.nights.cell_took", **words, took=self.took(night.seconds))
        )
        several = self.lang.t("op.nights.several", n=len(night.runs))
        return f"{text} ({several})" if len(night.runs) > 1 else text

    @property
    def states(self) -> list[str]:
        """States that the strip shows, in the order of the key."""
        shown = {night.state for night in self.strip}
        return [key.rpartition(".")[2] for key in self.lang.texts if key.startswith("op.state.") and
                key.rpartition(".")[2] in shown]  # fmt: skip

    def state(self, state: str) -> str:
        """Return a state in words."""
        return self.lang.t(f"op.state.{state}")

    def began(self, run: Run) -> str:
        """Return day and hour of a run; the year goes without saying within thirty days."""
        local = run.started_at.astimezone(self.now.zone)
        month = self.lang.short_month(local.date()).split()[0]
        words = {"day": local.day, "month": month, "hour": f"{local.hour:02}", "minute": f"{local.minute:02}"}
        return self.lang.t("op.nights.at", **words)
