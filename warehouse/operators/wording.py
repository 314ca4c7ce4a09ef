"""How the page writes moments, durations, shares and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from warehouse.operators.facts import Ledger, Situation
from warehouse.publication.language import NO_VALUE, Language

#: Below so many seconds, a tenth is worth telling.
_SHORT = 10


@dataclass(frozen=True)
class Telling:
    """What is known, and the language to tell it in."""

    lang: Language
    now: Situation
    told: Ledger

    def moment(self, moment: datetime) -> str:
        """Return a moment on the clock of the agency."""
        local = moment.astimezone(self.now.zone)
        return self.lang.t(
            "date.moment",
            day=self.lang.short_day(local.date()),
            hour=f"{local.hour:02}",
            minute=f"{local.minute:02}",
            zone=self.now.zone_label,
        )

    def took(self, seconds: float | None) -> str:
        """Return `2,6 detik`, `29 detik`, `3 menit 5 detik` or `1 jam 2 menit`."""
        if seconds is None:
            return NO_VALUE
        if seconds < _SHORT:
            return self.lang.t("op.duration.short", n=self.lang.decimal(_rounded(seconds, "0.1")))
        minutes, rest = divmod(int(_rounded(seconds, "1")), 60)
        hours, minutes_of_hour = divmod(minutes, 60)
        if hours:
            return self.lang.t("op.duration.hours", h=self.lang.integer(hours), m=minutes_of_hour)
        if minutes:
            return self.lang.t("op.duration.minutes", m=minutes, s=rest)
        return self.lang.t("op.duration.short", n=rest)

    def share(self, aside: int, accepted: int) -> str:
        """Return what part of the rows was set aside, in percent."""
        return self.lang.percent(_rounded(Decimal(100 * aside) / (aside + accepted), "0.01"))

    def set_aside(self, aside: int, accepted: int) -> str:
        """Return rows set aside with their share: `46 (0,08 %)`, or `0`."""
        count = self.lang.integer(aside)
        return f"{count} ({self.share(aside, accepted)})" if aside else count

    def source(self, source: str) -> str:
        """Return the name of a source in words."""
        return self.lang.known(f"source.{source}", source)

    def office(self, scope: str) -> str:
        """Return `Bali`, `Bali, kantor 51a`, `Indonesia`, or the code where it says no province."""
        if scope == "00":
            return self.lang.t("op.sources.nation")
        province = self.now.provinces.get(scope[:2])
        if province is None:
            return self.lang.t("op.sources.code", scope=scope)
        if scope == scope[:2]:
            return province
        return self.lang.t("op.sources.branch", province=province, scope=scope)


def _rounded(value: float | Decimal, step: str) -> Decimal:
    return Decimal(value).quantize(Decimal(step), rounding=ROUND_HALF_UP)
