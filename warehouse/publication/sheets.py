"""What stands in each sheet of a workbook: one real table per sheet, never an empty cell, never a false 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from warehouse.publication import headings
from warehouse.publication.figures import Figure, Place
from warehouse.publication.notes import figure_notes
from warehouse.publication.sheet import Field, Sheet, Value
from warehouse.publication.side_sheets import claims_sheet, dictionary_sheet, quality_sheet
from warehouse.publication.snapshot import Shown
from warehouse.publication.views import View


@dataclass(frozen=True)
class Entry:
    """A place and its figure in a month, with the province that it belongs to."""

    place: Place
    figure: Figure | None
    province: Place | None
    reason: str


Getter = Callable[[Entry], Value]

_PLACE = Field("xlsx.place", "regency_name", "text", 30)
_PROVINCE_PLACE = Field("xlsx.province", "province_name", "text", 28)
_CODE = Field("xlsx.code", "regency_code", "text", 11)
_KEMENDAGRI = Field("xlsx.kemendagri", "region_code_kemendagri", "text", 15)
_MONTH = Field("xlsx.month", "period", "month", 15)
_DAY = Field("xlsx.day", "as_of", "day", 17)
_MEASURES = (
    Field("xlsx.coverage", "coverage_pct", "percent", 13),
    Field("xlsx.target", "target_pct", "percent", 12),
    Field("xlsx.gap", "gap_points", "percent", 16),
    Field("xlsx.needed", "members_needed", "count", 15),
    Field("xlsx.members", "active_members", "count", 15),
    Field("xlsx.base", "working_population", "count", 18),
    Field("xlsx.change", "change_12m_points", "points", 16),
    Field("xlsx.status", "figure_status", "text", 26),
)
_RANK = Field("xlsx.rank", "rank_in_province", "count", 13)


def sheets(view: View, kemendagri: Mapping[str, str]) -> list[Sheet]:
    """Return the tables of a workbook, the newest month first."""
    maker = _Maker(view, kemendagri)
    tables = [maker.newest_parts()]
    if view.territory.is_country:
        tables.append(maker.newest_regencies())
    tables += [maker.series_of_whole(), maker.series_of_parts()]
    numbered = [
        Sheet(f"Tabel {n}", s.table, f"Tabel {n}. {s.title}", s.note, s.fields, s.rows, s.bars)
        for n, s in enumerate(tables, 1)
    ]
    return [*numbered, claims_sheet(view), dictionary_sheet(view, numbered), quality_sheet(view)]


class _Maker:
    def __init__(self, view: View, kemendagri: Mapping[str, str]) -> None:
        self.view = view
        self.t = view.lang.t
        self.kemendagri = kemendagri

    def newest_parts(self) -> Sheet:
        view = self.view
        ranked = [*view.shown.known, *view.shown.missing]
        entries = [self._entry(shown) for shown in ranked]
        day = view.lang.day(view.shown.parts_as_of)
        title = self.t(f"xlsx.title.newest_{view.level}", place=view.full_name, day=day)
        fields = (_PROVINCE_PLACE, *self._codes(), _DAY, *_MEASURES)
        if not view.territory.is_country:
            fields = (_PLACE, *self._codes(), *_MEASURES[:-1], _RANK, _MEASURES[-1])
        return self._sheet("cakupan_terbaru", title, fields, entries, bars=len(entries))

    def newest_regencies(self) -> Sheet:
        entries = [
            self._entry(shown, territory.whole)
            for territory, snap in self.view.content.regencies
            for shown in [*snap.known, *snap.missing]
        ]
        fields = (_PLACE, _PROVINCE_PLACE, *self._codes(), _DAY, *_MEASURES[:-1], _RANK, _MEASURES[-1])
        return self._sheet("cakupan_kabkota", self.t("xlsx.title.newest_all"), fields, entries)

    def series_of_whole(self) -> Sheet:
        whole = self.view.territory.whole
        places = [whole, *self.view.territory.parts] if self.view.territory.is_country else [whole]
        entries = [self._month(place, figure, None) for place in places for figure in place.figures]
        title = self.t("xlsx.title.series_whole", place=self.view.full_name)
        key = "xlsx.title.series_provinces" if self.view.territory.is_country else ""
        fields = (_PROVINCE_PLACE, *self._codes(), _MONTH, _DAY, *_MEASURES)
        return self._sheet("seri_wilayah", self.t(key) if key else title, fields, entries)

    def series_of_parts(self) -> Sheet:
        territories = [territory for territory, _ in self.view.content.regencies]
        entries = [
            self._month(place, figure, territory.whole)
            for territory in territories
            for place in territory.parts
            for figure in place.figures
        ]
        province = (_PROVINCE_PLACE,) if self.view.territory.is_country else ()
        fields = (_PLACE, *province, *self._codes(), _MONTH, _DAY, *_MEASURES[:-1], _RANK, _MEASURES[-1])
        return self._sheet(
            "seri_kabkota", self.t("xlsx.title.series_parts", place=self.view.full_name), fields, entries
        )

    def _codes(self) -> tuple[Field, ...]:
        return (_CODE, _KEMENDAGRI) if self.kemendagri else (_CODE,)

    def _entry(self, shown: Shown, province: Place | None = None) -> Entry:
        return Entry(shown.place, shown.figure, province, self._reason(shown.figure, shown))

    def _month(self, place: Place, figure: Figure, province: Place | None) -> Entry:
        return Entry(place, figure, province, self._reason(figure, Shown(place, figure)))

    def _reason(self, figure: Figure | None, shown: Shown) -> str:
        if figure is None or figure.pct is None:
            return headings.why_missing(self.view.lang, shown)
        return "; ".join(figure_notes(self.view.lang, figure)) or self.t("xlsx.final")

    def _sheet(
        self,
        table: str,
        title: str,
        fields: Sequence[Field],
        entries: Sequence[Entry],
        bars: int | None = None,
    ) -> Sheet:
        getters = [self._getter(field) for field in fields]
        rows = [[get(entry) for get in getters] for entry in entries]
        return Sheet(
            "", table, title, self.t("xlsx.note", rows=self.view.lang.integer(len(rows))), fields, rows, bars
        )

    def _getter(self, field: Field) -> Getter:
        figure_fields: dict[str, Callable[[Figure], Value]] = {
            "period": lambda f: f.period,
            "as_of": lambda f: f.as_of,
            "coverage_pct": lambda f: f.pct,
            "target_pct": lambda f: f.target,
            "gap_points": lambda f: f.gap,
            "members_needed": lambda f: f.needed,
            "active_members": lambda f: f.members,
            "working_population": lambda f: f.base,
            "change_12m_points": lambda f: f.change,
            "rank_in_province": lambda f: f.rank,
        }
        place_fields: dict[str, Getter] = {
            "regency_name": lambda e: e.place.full,
            "province_name": lambda e: e.province.name if e.province else e.place.name,
            "regency_code": lambda e: e.place.code,
            "region_code_kemendagri": lambda e: self.kemendagri.get(e.place.code),
            "figure_status": lambda e: e.reason,
        }
        if field.column in place_fields:
            return place_fields[field.column]
        value = figure_fields[field.column]
        return lambda e: value(e.figure) if e.figure else None
