"""Synthetic release tables of any size, and the patchy ones that real life delivers.

Every number is made up. `Cell` is one regency in one month before anything is derived; a scenario changes
cells, then ratios, gaps, ranks and totals follow from them as the marts would have it.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl

from warehouse.publication import Checks, ReleaseFacts, Words

REGISTER = Path(__file__).parents[2] / "schemas" / "registers" / "regions.csv"
RELEASE = "2025-03-31-5f1c0a"
PERCENT = pl.Decimal(6, 2)
_CENT = Decimal("0.01")
BALI = {
    "5103": (195504, 337600), "5171": (135434, 240900), "5104": (118727, 234500), "5101": (62125, 130900),
    "5105": (45586, 98500), "5102": (91829, 207900), "5108": (105055, 245800), "5107": (71948, 185100),
    "5106": (40477, 112000),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One region in one month, before anything is derived."""

    code: str
    period: date
    members: int | None
    base: int | None
    target: Decimal | None = None
    status: str = "final"
    obs: str = "A"
    numerator: str = "workers_residence"
    denominator: str = "eligible_workers"
    target_id: str | None = None


Tweak = Callable[[Cell], Cell]


@dataclass(frozen=True)
class Region:
    """A region of the register."""

    code: str
    name: str
    kind: str


def register() -> tuple[dict[str, str], dict[str, list[Region]]]:
    """Return province names, and regencies by province, from the register."""
    names: dict[str, str] = {}
    regencies: dict[str, list[Region]] = {}
    with REGISTER.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["kind"] == "provinsi":
                names[row["region_code_bps"]] = row["name_official"]
            else:
                region = Region(row["region_code_bps"], row["name_short"], row["kind"])
                regencies.setdefault(row["province_code_bps"], []).append(region)
    return names, {code: sorted(found, key=lambda r: r.code) for code, found in regencies.items()}


def months(count: int, last: date = date(2025, 3, 1)) -> list[date]:
    """Return `count` months up to `last`, by their first days."""
    found = []
    year, month = last.year, last.month
    for _ in range(count):
        found.append(date(year, month, 1))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def month_end(period: date) -> date:
    """Return the last day of a month."""
    return (period.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def cells(provinces: Sequence[str], count: int = 36, seed: int = 7) -> list[Cell]:
    """Return plausible months for every regency of these provinces; Bali ends at known numbers."""
    _, regencies = register()
    found = []
    for province in provinces:
        for region in regencies[province]:
            dice = random.Random(f"{seed}-{region.code}")
            now_members, now_base = BALI.get(region.code, (0, 0))
            if not now_base:
                now_base = dice.randrange(20_000, 400_000, 100)
                now_members = round(now_base * min(0.97, max(0.08, dice.gauss(0.43, 0.12))))
            growth = dice.uniform(0.985, 0.995)
            for back, period in enumerate(reversed(months(count))):
                target = (
                    Decimal("67.28")
                    if period.year >= 2025
                    else Decimal("58.00")
                    if period.year == 2024
                    else Decimal("50.00")
                )
                members = round(now_members * growth**back * (1 if back == 0 else dice.uniform(0.995, 1.005)))
                found.append(
                    Cell(
                        region.code, period, members, now_base, target, target_id=f"{province}-{period.year}"
                    )
                )
    return found


def tables(
    given: Iterable[Cell],
    *,
    tweak: Tweak | None = None,
    totals: Iterable[Cell] = (),
    provinces: Sequence[str] | None = None,
    claims: Sequence[dict[str, object]] = (),
) -> dict[str, pl.DataFrame]:
    """Return the published tables of these cells. `totals` are reported totals of provinces or of `00`."""
    names, regencies = register()
    known = {(c.code, c.period): tweak(c) if tweak else c for c in given}
    overrides = {(c.code, c.period): c for c in totals}
    wanted = list(
        provinces or sorted({code[:2] for code, _ in known} | {c for c, _ in overrides if c != "00"})
    )
    periods = sorted({p for _, p in known} | {p for _, p in overrides})
    regency_rows, province_rows, nation_rows = [], [], []
    for period in periods:
        parts: list[Cell] = []
        for province in wanted:
            own = [known.get((r.code, period), Cell(r.code, period, None, None)) for r in regencies[province]]
            rows = _ranked([_measures(cell, known) for cell in own])
            for region, row in zip(regencies[province], rows, strict=True):
                labels = {"province_code": province, "province_name": names[province]}
                labels |= {
                    "regency_code": region.code,
                    "regency_name": region.name,
                    "regency_kind": region.kind,
                }
                regency_rows.append({"release_id": RELEASE, **labels, **row})
            total = overrides.get((province, period)) or _sum(province, period, own)
            known[(province, period)] = total
            parts.append(total)
            row = _rollup(total, own, known, is_reported=(province, period) in overrides)
            province_rows.append(
                {"release_id": RELEASE, "province_code": province, "province_name": names[province], **row}
            )
        total = overrides.get(("00", period)) or _sum("00", period, parts)
        known[("00", period)] = total
        nation_rows.append(
            {"release_id": RELEASE, **_rollup(total, parts, known, is_reported=("00", period) in overrides)}
        )
    return {
        "coverage_by_regency": _frame(regency_rows),
        "coverage_by_province": _frame(province_rows),
        "coverage_nationwide": _frame(nation_rows),
        "published_figures": claims_table(claims),
        "data_quality": quality_table(periods),
        "targets": targets_table(known.values()),
        "definitions": definitions_table(),
        "regions": regions_table(wanted),
    }


def _sum(code: str, period: date, parts: Sequence[Cell]) -> Cell:
    complete = all(part.members is not None and part.base is not None for part in parts)
    first = next((part for part in parts if part.target is not None), None)
    members = sum(part.members or 0 for part in parts) if complete else None
    base = sum(part.base or 0 for part in parts) if complete else None
    statuses = {part.status for part in parts}
    return Cell(
        code, period, members, base, first.target if first else None,
        "provisional" if "provisional" in statuses else "final",
        "B" if any(part.obs == "B" for part in parts) else "A",
        denominator=parts[0].denominator if parts else "eligible_workers",
        target_id=first.target_id if first else None,
    )  # fmt: skip


def _pct(cell: Cell) -> Decimal | None:
    if cell.members is None or not cell.base:
        return None
    return (Decimal(cell.members) * 100 / cell.base).quantize(_CENT, ROUND_HALF_UP)


def _measures(cell: Cell, known: dict[tuple[str, date], Cell]) -> dict[str, object]:
    pct = _pct(cell)
    before = known.get((cell.code, cell.period.replace(year=cell.period.year - 1)))
    year = [known[key] for month in months(12, cell.period) if (key := (cell.code, month)) in known]
    is_broken = any(c.obs == "B" for c in (*year, cell))
    comparable = before is not None and before.denominator == cell.denominator and not is_broken
    earlier = _pct(before) if before is not None and comparable else None
    target = cell.target if pct is not None else None
    needed = None
    if target is not None and cell.base is not None and cell.members is not None:
        needed = max(0, -int(-(target * cell.base / 100) // 1) - cell.members)
    status = "complete" if pct is not None else "no_membership" if cell.members is None else "no_survey"
    return {
        "period": cell.period, "as_of": month_end(cell.period), "active_members": cell.members,
        "working_population": cell.base,
        "denominator_id": cell.denominator if cell.base else None,
        "numerator_id": cell.numerator if cell.members is not None else None,
        "coverage_rate": cell.members / cell.base if pct is not None and cell.base and cell.members is not None else None,
        "coverage_pct": pct, "target_pct": target, "target_id": cell.target_id if target is not None else None,
        "gap_points": target - pct if pct is not None and target is not None else None,
        "members_needed": needed,
        "change_12m_points": pct - earlier if pct is not None and earlier is not None else None,
        "figure_status": cell.status if pct is not None else None,
        "obs_status": "O" if pct is None else "P" if cell.status == "provisional" else cell.obs,
        "coverage_status": "above_100" if pct is not None and pct > 100 else status,
    }  # fmt: skip


def _ranked(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    values = [row["coverage_pct"] for row in rows]
    for row in rows:
        pct = row["coverage_pct"]
        row["rank_in_province"] = (
            None if pct is None else 1 + sum(1 for v in values if v is not None and v > pct)
        )  # type: ignore[operator]
    return rows


def _rollup(
    total: Cell, parts: Sequence[Cell], known: dict[tuple[str, date], Cell], *, is_reported: bool
) -> dict[str, object]:
    row = _measures(total, known)
    with_data = sum(1 for part in parts if _pct(part) is not None)
    if total.members is None and with_data:
        row["coverage_status"] = "incomplete"
    row |= {"parts_expected": len(parts), "parts_with_data": with_data}
    return row | {"members_basis": "reported_total" if is_reported else "sum_of_parts"}


def _frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    percents = ("coverage_pct", "target_pct", "gap_points", "change_12m_points")
    schema = dict.fromkeys(percents, PERCENT)
    integers = (
        "active_members",
        "working_population",
        "members_needed",
        "rank_in_province",
        "parts_expected",
        "parts_with_data",
    )
    texts = ("target_id", "figure_status", "denominator_id", "numerator_id", "members_basis", "regency_kind")
    present = rows[0].keys()
    types = (
        schema
        | dict.fromkeys(integers, pl.Int64)
        | dict.fromkeys(texts, pl.String)
        | {"coverage_rate": pl.Float64}
    )
    return pl.DataFrame(rows, schema_overrides={k: v for k, v in types.items() if k in present})


def claims_table(rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Return printed figures; what a row leaves out is empty."""
    schema = {
        "release_id": pl.String, "claim_id": pl.String, "region_code": pl.String, "as_of": pl.Date, "measure": pl.String,
        "segment": pl.String, "published_value": pl.String, "published_members": pl.Int64, "our_value": PERCENT,
        "our_members": pl.Int64, "difference": pl.Decimal(9, 2), "members_difference": pl.Int64,
        "tolerance": pl.Decimal(9, 4), "verdict": pl.String, "explanation_en": pl.String, "explanation_id": pl.String,
        "source_title": pl.String, "source_url": pl.String, "note": pl.String,
    }  # fmt: skip
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


BALI_CLAIMS: list[dict[str, object]] = [
    {
        "claim_id": "bali-20250331-total", "region_code": "51", "as_of": date(2025, 3, 31), "measure": "coverage",
        "segment": "TOTAL", "published_value": "50.88", "our_value": Decimal("48.33"), "difference": Decimal("0.98"),
        "verdict": "published figures contradict each other",
        "explanation_en": "935,079 ÷ 1,873,899 = 49.90%, printed 50.88 (0.98 points apart). With 1,837,899 it would be 50.88: a guess, nothing was changed.",
        "explanation_id": "935.079 ÷ 1.873.899 = 49,90 persen, tercetak 50,88 (selisih 0,98 poin). Dengan 1.837.899 hasilnya 50,88: ini dugaan, tidak ada yang diubah.",
        "source_title": "ANTARA Bali 2025-04-30", "source_url": "https://bali.antaranews.com/berita/376813",
    },
    {
        "claim_id": "badung-20250331", "region_code": "5103", "as_of": date(2025, 3, 31), "measure": "coverage",
        "segment": "TOTAL", "published_value": "58.68", "our_value": Decimal("57.91"), "difference": Decimal("0.77"),
        "verdict": "differs", "explanation_en": "Printed 58.68, ours 57.91: 0.77 points apart, tolerance 0.005.",
        "explanation_id": "Tercetak 58,68, data ini 57,91: selisih 0,77 poin, toleransi 0,005.",
        "source_title": "ANTARA Bali 2025-04-30", "source_url": "https://bali.antaranews.com/berita/376813",
    },
    {
        "claim_id": "bangli-20250331", "region_code": "5106", "as_of": date(2025, 3, 31), "measure": "coverage",
        "segment": "TOTAL", "published_value": "36.14", "our_value": Decimal("36.14"), "difference": Decimal("0.00"),
        "verdict": "ties", "explanation_en": "Printed 36.14, ours 36.14.", "explanation_id": "Tercetak 36,14, data ini 36,14.",
        "source_title": "ANTARA Bali 2025-04-30", "source_url": "https://bali.antaranews.com/berita/376813",
    },
    {
        "claim_id": "denpasar-bpu", "region_code": "5171", "as_of": None, "measure": "coverage", "segment": "BPU",
        "published_members": 10717, "verdict": "not compared", "explanation_en": "No figure of ours has this segment.",
        "explanation_id": "Tidak ada angka kami untuk segmen ini.", "source_title": "Tribun Bali 2025-02-05",
        "source_url": "javascript:alert(1)",
    },
    {
        "claim_id": "gianyar-2024", "region_code": "5104", "as_of": date(2024, 6, 30), "measure": "coverage",
        "segment": "TOTAL", "published_value": "43", "our_value": Decimal("45.90"), "difference": Decimal("-2.90"),
        "verdict": "differs", "explanation_en": "Printed 43, ours 45.90.", "explanation_id": "Tercetak 43, data ini 45,90.",
        "source_title": "Bali Post 2024-07-12", "source_url": "https://example.org/a",
    },
]  # fmt: skip


def quality_table(periods: Sequence[date]) -> pl.DataFrame:
    """Return rows read and set aside for every month."""
    reasons = [
        ("nik:missing", 1904),
        ("row:duplicate_key", 1866),
        ("region_code:unknown", 1217),
        ("weird_new:thing", 375),
    ]
    rows: list[dict[str, object]] = []
    for period in periods:
        common = {"release_id": RELEASE, "run_id": "r1", "source": "rekap", "period": period}
        common |= {"rows_read": 872047, "rows_accepted": 866685, "rows_rejected": 5362}
        rows += [{**common, "reason": reason, "rows": count} for reason, count in reasons]
    if periods:
        base = {"release_id": RELEASE, "run_id": "r1", "source": "penduduk_bekerja", "period": periods[0]}
        rows.append(
            base | {"rows_read": 9, "rows_accepted": 9, "rows_rejected": 0, "reason": None, "rows": 0}
        )
    return pl.DataFrame(rows, schema_overrides={"reason": pl.String})


def targets_table(given: Iterable[Cell]) -> pl.DataFrame:
    """Return the targets in use, and one that contradicts Bali's."""
    found = {
        c.target_id: (c.code[:2] if c.code != "00" else "00", c.period.year, c.target)
        for c in given
        if c.target_id
    }
    rows = [
        {"target_id": k, "region_code": r, "year": y, "target_pct": t, "set_by": "Kemendagri"}
        for k, (r, y, t) in sorted(found.items())
    ]
    rows.append(
        {
            "target_id": "51-2025-rpjmn",
            "region_code": "51",
            "year": 2025,
            "target_pct": Decimal("67.69"),
            "set_by": "RPJMN, menurut Sekda Bali",
        }
    )
    return pl.DataFrame(rows, schema_overrides={"target_pct": PERCENT})


def regions_table(provinces: Sequence[str]) -> pl.DataFrame:
    """Return the register of these provinces only, so that only their pages are made."""
    regions = pl.read_csv(REGISTER, infer_schema=False)
    return regions.filter(pl.col("province_code_bps").is_in(list(provinces)))


def definitions_table() -> pl.DataFrame:
    """Return the definitions that the cells use."""
    path = REGISTER.parent / "definitions.csv"
    return pl.read_csv(path, infer_schema=False)


def facts(**changes: object) -> ReleaseFacts:
    """Return the facts of a synthetic release."""
    base = ReleaseFacts(
        release_id=RELEASE,
        published_at=datetime(2026, 11, 21, 18, 14, tzinfo=UTC),
        data_as_of=date(2025, 3, 31),
        next_run_at=datetime(2026, 11, 22, 17, 30, tzinfo=UTC),
        is_synthetic=True,
        checks=Checks(41, 1, 0, (Words("Bangli memakai angka sementara.", "Bangli is provisional."),)),
        publisher="Cakupan",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def bali(count: int = 36, tweak: Tweak | None = None) -> dict[str, pl.DataFrame]:
    """Return Bali with its nine regencies, Bangli provisional."""

    def provisional(cell: Cell) -> Cell:
        if cell.code == "5106" and cell.period == date(2025, 3, 1):
            cell = replace(cell, status="provisional")
        if cell.code == "5102" and cell.period == date(2024, 9, 1):
            cell = replace(cell, members=None)
        return tweak(cell) if tweak else cell

    return tables(cells(["51"], count), tweak=provisional, claims=BALI_CLAIMS)


def national(count: int = 36) -> dict[str, pl.DataFrame]:
    """Return all 514 regencies."""
    names, _ = register()
    return tables(cells(sorted(names), count), claims=BALI_CLAIMS)
