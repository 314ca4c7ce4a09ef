"""What the page says, in one language: every heading and every count by a rule, none typed."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from warehouse.operators.advice import Advice, advice
from warehouse.operators.facts import Run
from warehouse.operators.night_block import NightBlock
from warehouse.operators.source_block import SourceBlock, StageBlock
from warehouse.operators.tonight_block import TonightBlock
from warehouse.operators.wording import Telling
from warehouse.publication.language import CODES

#: After so long, a night that should have begun counts as not recorded.
_PATIENCE = timedelta(hours=2)
#: Rows of a table that are shown before the rest is folded away.
SHOWN = 12


class Page(Telling):
    """The page in one language."""

    @property
    def file(self) -> str:
        """Name of this page in its folder."""
        return page_name(self.lang.code)

    @property
    def other(self) -> tuple[str, str]:
        """Code and name of the page in the other language."""
        code = next(code for code in CODES if code != self.lang.code)
        return code, page_name(code)

    @cached_property
    def last(self) -> Run | None:
        """The newest run."""
        return self.told.runs[-1] if self.told.runs else None

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """What needs a person, the most urgent first."""
        return advice(self)

    @cached_property
    def nights(self) -> NightBlock:
        """The last nights."""
        return NightBlock(self.lang, self.now, self.told)

    @cached_property
    def tonight(self) -> TonightBlock:
        """What is expected."""
        return TonightBlock(self.lang, self.now, self.told)

    @cached_property
    def sources(self) -> SourceBlock:
        """What counts of whom."""
        return SourceBlock(self.lang, self.now, self.told)

    @cached_property
    def stages(self) -> StageBlock:
        """Where the last run spent its time."""
        return StageBlock(self.lang, self.now, self.told)

    @property
    def headline(self) -> str:
        """How the newest run ended."""
        if self.last is None:
            return self.lang.t("op.headline.none")
        if self.last.outcome == "partly_failed":
            return self.lang.tn("op.headline.partly_failed", max(1, self.refused))
        if self.last.outcome == "checks_failed":
            failed = sum(finding.severity == "error" for finding in self.told.findings)
            return self.lang.tn("op.headline.checks_failed", failed)
        return self.lang.t(f"op.headline.{self.last.outcome}")

    @property
    def lede(self) -> str:
        """When the newest run was and what it read, and what the public sees."""
        release = self.told.release
        public = (
            self.lang.t(
                "op.lede.release", release=release["release_id"], day=self.lang.day(release["data_as_of"])
            )
            if release
            else self.lang.t("op.lede.no_release")
        )
        return f"{self._last_told()} {public}"

    def _last_told(self) -> str:
        run = self.last
        if run is None:
            return self.lang.t("op.lede.none")
        moment = self.moment(run.started_at)
        if run.seconds is None:
            return self.lang.t("op.lede.run_cut", moment=moment)
        if run.outcome == "failed":  # whether there was anything to read is not known
            return self.lang.t("op.lede.run_failed", moment=moment, took=self.took(run.seconds))
        if not run.files:
            return self.lang.t("op.lede.run_nothing", moment=moment, took=self.took(run.seconds))
        return self.lang.t(
            "op.lede.run",
            moment=moment,
            took=self.took(run.seconds),
            lines=self.lang.integer(run.lines),
            files=self.lang.integer(run.files),
        )

    @property
    def is_synthetic(self) -> bool:
        """Whether the release says that its data are invented."""
        return bool(self.told.release) and str(self.told.release["release_id"]).endswith("-SYNTHETIC")  # type: ignore[index]

    @property
    def stale_after(self) -> int | None:
        """Seconds since 1970 after which this page should have been replaced."""
        expected = self.now.next_run_at
        return int((expected + _PATIENCE).timestamp()) if expected else None

    @property
    def refused(self) -> int:
        """Files that cannot be used."""
        return len(self.told.refused if self.now.refused is None else self.now.refused)

    @property
    def todo_heading(self) -> str:
        """How much needs a person."""
        urgent = sum(item.urgent for item in self.advice)
        if urgent:
            return self.lang.tn("op.todo.urgent", urgent)
        if self.advice:
            return self.lang.tn("op.todo.only_warnings", len(self.advice))
        return self.lang.t("op.todo.none")


def page_name(code: str) -> str:
    """Return the name of the page in a language."""
    return "index.html" if code == "id" else "en.html"
