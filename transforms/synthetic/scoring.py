"""How much of what was planted was found, class by class, at the right file and line."""

from __future__ import annotations

import polars as pl

from transforms.synthetic.defects import DEFECTS, Defect

NOT_PLANTED = "(not planted)"
_BY_COUNT = "compared by file and count: the lines of warnings were not given"
_PLACE = ["file_name", "line"]


def score(planted: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """One row per planted class, and one for what was reported where nothing is planted.

    `planted`: `file_name`, `line` (null: the file itself), `defect`, `group` (null: stands alone).
    `found`: `file_name`, `line`, `reasons` (list of texts), `outcome`, and optionally `count` for warnings
    that are known per file only (`line` null).
    A unit is a line, a file, or a group of lines that only together are a defect; naming one line of the
    group finds it. Recall: units reported under their own reason and outcome. Precision: of the lines
    reported under a reason of the class, those planted with it against those with nothing planted.
    `collateral` are lines planted with something else, where the reason is a consequence.
    Rows of a file that is planted to be rejected are not judged, only the file is.
    """
    found = _judged(planted, found)
    classes = [name for name in DEFECTS if (planted["defect"] == name).any()]
    rows = [_score(DEFECTS[name], planted, found) for name in classes]
    table = pl.DataFrame([*rows, _not_planted(planted, found)], schema=_SCHEMA)
    return table.with_columns(pl.col("precision", "recall").round(4))


_SCHEMA = {
    "defect": pl.String,
    "outcome": pl.String,
    "reasons": pl.String,
    "planted": pl.Int64,
    "found": pl.Int64,
    "other_reason": pl.Int64,
    "false_alarms": pl.Int64,
    "collateral": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "remark": pl.String,
}


def _judged(planted: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Found entries without the rows of files that are planted to be rejected."""
    outcomes = {name: defect.outcome for name, defect in DEFECTS.items()}
    expected = pl.col("defect").replace_strict(outcomes, return_dtype=pl.String)
    rejected = planted.filter(expected == "file_rejected")["file_name"].unique()
    whole = found if "count" in found.columns else found.with_columns(count=pl.lit(1, pl.Int64))
    return whole.filter(
        (pl.col("outcome") == "file_rejected") | ~pl.col("file_name").is_in(rejected.to_list())
    )


def _score(defect: Defect, planted: pl.DataFrame, found: pl.DataFrame) -> dict[str, object]:
    mine = planted.filter(pl.col("defect") == defect.name)
    if defect.outcome == "file_rejected":
        return _score_files(defect, mine, found)
    if defect.outcome in ("accepted", "undecidable"):
        return _score_legal(defect, mine, found)
    own = _reported(defect, found)
    if defect.outcome == "counted_warning" and own["line"].is_null().any():
        return _score_counts(defect, planted, own)
    mine = mine.filter(pl.col("line").is_not_null())
    hits = mine.with_columns(
        unit=pl.coalesce("group", pl.format("{}:{}", "file_name", "line")),
        hit=_is_in(mine, own),
        told=_is_in(mine, found),
    )
    by_unit = hits.group_by("unit").agg(pl.col("hit").any(), pl.col("told").any())
    reached = int(by_unit["hit"].sum())
    true, collateral, false = _told_apart(defect, planted, own)
    return _row(
        defect,
        planted=by_unit.height,
        found=reached,
        other_reason=int((by_unit["told"] & ~by_unit["hit"]).sum()),
        false_alarms=false,
        collateral=collateral,
        precision=_ratio(true, true + false),
        recall=_ratio(reached, by_unit.height),
    )


def _reported(defect: Defect, found: pl.DataFrame) -> pl.DataFrame:
    """Entries with all reasons of the class and its outcome (any outcome for a contradiction)."""
    named = pl.all_horizontal([pl.col("reasons").list.contains(reason) for reason in defect.reasons])
    anyhow = defect.outcome == "contradiction"
    return found.filter(named & (pl.lit(anyhow) | (pl.col("outcome") == defect.outcome)))


def _told_apart(defect: Defect, planted: pl.DataFrame, own: pl.DataFrame) -> tuple[int, int, int]:
    """Reported lines: planted with a reason of the class, planted with another, not planted."""
    reasons = set(defect.reasons)
    same = [name for name, other in DEFECTS.items() if reasons & set(other.reasons)]
    lines = own.select(_PLACE).unique()
    right = _is_in(lines, planted.filter(pl.col("defect").is_in(same)))
    known = _is_in(lines, planted)
    return int(right.sum()), int((known & ~right).sum()), int((~known).sum())


def _score_files(defect: Defect, mine: pl.DataFrame, found: pl.DataFrame) -> dict[str, object]:
    rejected = found.filter(pl.col("outcome") == "file_rejected")["file_name"].unique()
    hit = int(mine["file_name"].is_in(rejected.to_list()).sum())
    return _row(
        defect, planted=mine.height, found=hit, precision=_ratio(hit, hit), recall=_ratio(hit, mine.height)
    )


def _score_legal(defect: Defect, mine: pl.DataFrame, found: pl.DataFrame) -> dict[str, object]:
    """Legal rows must be left alone: found are those that were. Undecidable ones are only counted."""
    harmed_files = found.filter(pl.col("outcome") == "file_rejected")["file_name"].unique()
    harmed = _is_in(mine, found.filter(pl.col("outcome") == "quarantined"))
    harmed |= mine["file_name"].is_in(harmed_files.to_list())
    if defect.outcome == "undecidable":
        return _row(defect, planted=mine.height, found=int(_is_in(mine, found).sum()))
    kept = mine.height - int(harmed.sum())
    return _row(defect, planted=mine.height, found=kept, recall=_ratio(kept, mine.height))


def _score_counts(defect: Defect, planted: pl.DataFrame, own: pl.DataFrame) -> dict[str, object]:
    """Warnings known per file only: as many as planted with the reason are right, the rest false."""
    same = [name for name, other in DEFECTS.items() if set(defect.reasons) & set(other.reasons)]
    expected = planted.filter(pl.col("defect").is_in(same)).group_by("file_name").len("planted")
    told = own.group_by("file_name").agg(pl.col("count").sum())
    both = expected.join(told, on="file_name", how="full", coalesce=True).with_columns(
        pl.col("planted", "count").fill_null(0).cast(pl.Int64)
    )
    right = int(both.select(pl.min_horizontal("planted", "count")).sum().item())
    false = int(both["count"].sum()) - right
    whole = int(both["planted"].sum())
    return _row(
        defect,
        planted=whole,
        found=right,
        false_alarms=false,
        precision=_ratio(right, right + false),
        recall=_ratio(right, whole),
        remark=_BY_COUNT,
    )


def _not_planted(planted: pl.DataFrame, found: pl.DataFrame) -> dict[str, object]:
    """What was reported on lines and files where nothing is planted."""
    lines = found.filter(pl.col("line").is_not_null())
    files = found.filter(pl.col("outcome") == "file_rejected").unique("file_name")
    alarms = pl.concat([lines.filter(~_is_in(lines, planted)), files.filter(~_is_rejected(files, planted))])
    reasons = (
        alarms.select(pl.col("reasons").list.explode().unique().sort()).to_series().drop_nulls().to_list()
    )
    return {
        "defect": NOT_PLANTED,
        "found": alarms.height,
        "false_alarms": alarms.height,
        "remark": ", ".join(reasons[:10]),
    }


def _is_rejected(files: pl.DataFrame, planted: pl.DataFrame) -> pl.Series:
    names = [name for name, defect in DEFECTS.items() if defect.outcome == "file_rejected"]
    return files["file_name"].is_in(planted.filter(pl.col("defect").is_in(names))["file_name"].to_list())


def _is_in(rows: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Whether each row's file and line are among those of `others`; a whole file is no line."""
    there = others.filter(pl.col("line").is_not_null()).select(_PLACE).unique().with_columns(there=True)
    joined = rows.select(_PLACE).join(there, on=_PLACE, how="left", maintain_order="left")
    return joined["there"].is_not_null()


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(defect: Defect, **values: object) -> dict[str, object]:
    told: dict[str, object] = {"other_reason": 0, "false_alarms": 0, "collateral": 0, "remark": defect.why}
    named = {"defect": defect.name, "outcome": defect.outcome, "reasons": ", ".join(defect.reasons)}
    return {**named, **told, **values}
