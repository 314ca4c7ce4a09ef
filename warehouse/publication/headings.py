"""What a heading may say, by rule: pure functions of the numbers, so that none outlives its truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from warehouse.publication.figures import Figure, Territory
from warehouse.publication.language import Language
from warehouse.publication.snapshot import Shown, Snapshot

_HUNDRED = Decimal(100)
#: More places than this share a rank: say how many, do not list them.
_LISTED = 3


@dataclass(frozen=True)
class Headline:
    """A sentence with one number set apart: `before` + `number` + `after`."""

    before: str
    number: str
    after: str

    def __str__(self) -> str:
        return self.before + self.number + self.after


def headline(lang: Language, territory: Territory, figure: Figure | None) -> Headline:
    """Return the page's first sentence: coverage in people, rounded down, or why there is none."""
    place = territory.whole.name
    if figure is None or not (figure.has_data or figure.coverage_status == "incomplete"):
        return Headline(lang.t("headline.nothing", place=place), "", "")
    if figure.pct is None:
        return _without_percent(lang, territory, figure)
    if figure.pct > _HUNDRED:
        return Headline(lang.t(f"headline.above_100.{base_word(figure)}", place=place), "", "")
    whole = int(figure.pct.to_integral_value(ROUND_FLOOR))
    key = f"headline.people.{base_word(figure)}" if whole else f"headline.under_one.{base_word(figure)}"
    before, _, after = lang.t(key, place=place, n="\0").partition("\0")
    return Headline(before, lang.integer(whole), after) if whole else Headline(before, "", "")


def _without_percent(lang: Language, territory: Territory, figure: Figure) -> Headline:
    place = territory.whole.name
    if figure.coverage_status == "incomplete":
        level = _level(territory)
        return Headline(lang.t(f"headline.withheld.{level}", place=place), "", "")
    if figure.members is not None:
        before, _, after = lang.t("headline.members_only", place=place, n="\0").partition("\0")
        return Headline(before, lang.integer(figure.members), after)
    return Headline(lang.t("headline.nothing", place=place), "", "")


def lede(lang: Language, shown: Snapshot) -> str:
    """Return the sentence below the headline: count, base and target, each only where known."""
    figure, whole = shown.figure, shown.territory.whole
    if figure is None or not figure.has_data:
        return _without_figure(lang, shown)
    sentences = []
    if figure.members is not None and figure.base is not None:
        words = {"members": lang.integer(figure.members), "base": lang.integer(figure.base)}
        sentences.append(lang.t(f"lede.ratio.{base_word(figure)}", **words))
    elif figure.members is not None:
        sentences.append(lang.t("lede.members", members=lang.integer(figure.members)))
    elif figure.pct is not None:
        sentences.append(lang.t("lede.percent_only", pct=lang.decimal(figure.pct)))
    if figure.pct is None:
        sentences.append(lang.t(f"lede.why.{figure.coverage_status}.{_level(shown.territory)}"))
    if figure.target is not None:
        sentences.append(lang.t("lede.target", year=figure.target_year, pct=lang.decimal(figure.target)))
    elif figure.pct is not None:
        sentences.append(lang.t("lede.no_target", place=whole.name, year=figure.period.year))
    return " ".join(sentences)


def _without_figure(lang: Language, shown: Snapshot) -> str:
    level = _level(shown.territory)
    if shown.known:
        counts = {"known": len(shown.known), "expected": len(shown.parts)}
        return lang.t(f"lede.parts_only.{level}", **counts)
    counted = sum(1 for s in shown.parts if s.figure and s.figure.members is not None)
    if counted:
        return lang.t(f"lede.members_only.{level}", counted=counted, expected=len(shown.parts))
    return lang.t(f"lede.nothing.{level}", place=shown.territory.whole.name)


def newer_month(lang: Language, shown: Snapshot) -> str:
    """Return the sentence on a later month that is still incomplete; empty when there is none."""
    if shown.newer is None:
        return ""
    figure, reported = shown.newer
    return lang.t(
        f"lede.newer.{_level(shown.territory)}",
        month=lang.month(figure.period),
        reported=reported,
        expected=len(shown.parts),
        place=shown.territory.whole.name,
    )


def ranking_heading(lang: Language, shown: Snapshot) -> str:
    """Return who is highest, who lowest, and how many are at the target."""
    known, level = shown.known, _level(shown.territory)
    if not known:
        return lang.t(f"ranking.none.{level}")
    if len(known) == 1:
        one = {"name": known[0].place.name, "pct": lang.decimal(known[0].pct)}
        return lang.t("ranking.only" if len(shown.parts) == 1 else f"ranking.one.{level}", **one)
    if not shown.has_one_definition:
        claim = lang.t("ranking.mixed", n=len(known), parts=lang.t(f"ranking.parts.{level}"))
    elif known[0].pct == known[-1].pct:
        claim = lang.t(f"ranking.equal.{level}", n=len(known), pct=lang.decimal(known[0].pct))
    else:
        claim = lang.t(
            "ranking.ends",
            highest=_sharing(lang, [s for s in known if s.pct == known[0].pct], level),
            lowest=_sharing(lang, [s for s in known if s.pct == known[-1].pct], level),
        )
    claim = claim[:1].upper() + claim[1:]
    return lang.t("ranking.join", claim=claim, target=target_clause(lang, shown)) if shown.targets else claim


def target_clause(lang: Language, shown: Snapshot) -> str:
    """Return how many of those with a number are at their target."""
    with_target = [s for s in shown.known if s.figure and s.figure.target is not None]
    if not shown.reached:
        return lang.t("ranking.target.none")
    if shown.reached == len(with_target):
        return lang.t("ranking.target.all")
    return lang.t("ranking.target.some", n=shown.reached, all=len(with_target))


def _sharing(lang: Language, rows: Sequence[Shown], level: str) -> str:
    return _sharing_names(lang, [row.place.name for row in rows], level)


def trend_heading(lang: Language, changes: Sequence[Decimal | None], months: int, level: str) -> str:
    """Return how many rose within twelve months; months that cannot be compared do not count."""
    known = [change for change in changes if change is not None]
    if months <= 1:
        return lang.t("trend.first_month")
    if not known:
        return lang.t("trend.plain")
    rose, fell = sum(1 for c in known if c > 0), sum(1 for c in known if c < 0)
    for count, word in ((rose, "rose"), (fell, "fell"), (len(known) - rose - fell, "same")):
        if count == len(known):
            scope = "all" if len(known) == len(changes) else "comparable"
            return lang.t(f"trend.{scope}_{word}.{level}", n=len(known))
    word = "both" if rose and fell else "rose" if rose else "fell"
    return lang.t(f"trend.some_{word}.{level}", rose=rose, fell=fell, all=len(known))


def ends_sentence(lang: Language, shown: Snapshot) -> str:
    """Return the finding of a map or a ranking in one sentence, for people who do not see it."""
    known = shown.known
    if not known:
        return lang.t("map.nothing")
    first, last = known[0], known[-1]
    level = _level(shown.territory)
    highest, lowest = (_sharing(lang, [s for s in known if s.pct == end.pct], level) for end in (first, last))
    values = {"highest": highest, "high": lang.decimal(first.pct)}
    if len(known) == 1:
        return lang.t("map.single", **values)
    if first.pct == last.pct:
        return lang.t(f"ranking.equal.{level}", n=len(known), pct=lang.decimal(first.pct)) + "."
    return lang.t("map.ends", **values, lowest=lowest, low=lang.decimal(last.pct))


def why_missing(lang: Language, shown: Shown) -> str:
    """Return why a place has no number."""
    status = shown.figure.coverage_status if shown.figure else "no_membership"
    return lang.t(f"missing.{status}")


def missing_words(lang: Language, shown: Snapshot) -> list[str]:
    """Return one sentence per reason with how many parts have no number."""
    groups: dict[str, list[str]] = {}
    for part in sorted(shown.missing, key=lambda s: s.place.code):
        groups.setdefault(why_missing(lang, part), []).append(part.place.name)
    return [
        f"{reason}: {_sharing_names(lang, names, _level(shown.territory))}."
        for reason, names in sorted(groups.items())
    ]


def _sharing_names(lang: Language, names: Sequence[str], level: str) -> str:
    return lang.names(names) if len(names) <= _LISTED else lang.tn(f"ranking.sharing.{level}", len(names))


def _level(territory: Territory) -> str:
    return "provinces" if territory.is_country else "regencies"


def base_word(figure: Figure) -> str:
    """Return which noun the base of a figure has: workers, or the labour force."""
    return "labour_force" if figure.denominator_id == "labour_force_sakernas" else "workers"
