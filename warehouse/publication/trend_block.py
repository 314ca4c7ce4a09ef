"""The section of the trend: its words, its key and the same months as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from warehouse.publication.scales import columns
from warehouse.publication.tabulation import Monthly, monthly
from warehouse.publication.trends import Line, Trend
from warehouse.publication.views import View

#: Two labels at the end of a line stand at least this far apart, in percent of the height.
_APART = 12.0


@dataclass(frozen=True)
class EndLabels:
    """Where the last value and its target are written beside the line."""

    value: float
    target: float | None
    target_text: str


@dataclass(frozen=True)
class TrendBlock:
    """The trend of a page in words; `lines` is nothing when no month has a number."""

    view: View

    @property
    def lines(self) -> Trend | None:
        """The lines."""
        return self.view.content.trend

    @property
    def is_drawable(self) -> bool:
        """Whether there is more than single points to draw."""
        return self.lines is not None and self.lines.is_drawable

    @property
    def heading(self) -> str:
        """What the lines say."""
        return self.view.trend_heading

    @property
    def sentence(self) -> str:
        """What stands in place of lines that would be single points."""
        lang, trend = self.view.lang, self.lines
        if trend is None:
            return lang.t("trend.nothing")
        return lang.t("trend.one_month", month=lang.month(trend.months[-1]))

    @property
    def subtitle(self) -> str:
        """Which months, and where the axis starts."""
        lang, trend = self.view.lang, self.lines
        if trend is None:
            return ""
        months = {"first": lang.month(trend.months[0]), "last": lang.month(trend.months[-1])}
        return lang.t("trend.subtitle", **months, low=trend.axis.low)

    @property
    def key(self) -> list[str]:
        """The key, with what really occurs."""
        trend = self.lines
        if trend is None:
            return []
        present = {
            "line": True,
            "dash": trend.has_target,
            "grey": bool(trend.whole and trend.panels),
            "gap": trend.has_gaps,
            "brk": trend.has_breaks,
        }
        return [key for key, here in present.items() if here]

    def label(self, line: Line, name: str) -> str:
        """Return the finding of one line in words."""
        lang = self.view.lang
        last = {"last": lang.month(line.last.period), "to": lang.decimal(line.last.pct)}
        if line.count == 1:
            return lang.t("trend.label_one", name=name, **last)
        first = {"first": lang.month(line.first.period), "start": lang.decimal(line.first.pct)}
        return lang.t("trend.label", name=name, **first, **last)

    @property
    def ends(self) -> EndLabels | None:
        """Where the labels at the end of the large line stand."""
        trend = self.lines
        if trend is None or trend.whole is None:
            return None
        line, target = trend.whole, None
        if line.last.target is not None:
            target = trend.axis.share(line.last.target)
            if abs(target - line.end) < _APART:
                target = line.end + (_APART if target >= line.end else -_APART)
        text = self.view.lang.t("target.label", pct=self.view.lang.decimal(line.last.target))
        return EndLabels(round(line.end, 1), None if target is None else round(target, 1), text)

    @property
    def columns(self) -> int:
        """How many small charts stand in a row."""
        return columns(len(self.lines.panels)) if self.lines else 1

    @cached_property
    def monthly(self) -> Monthly:
        """All months as a table."""
        return monthly(self.view)
