"""`cakupan claims`: printed statements against their own arithmetic and our figures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

_CLAIMS = """
    SELECT claim_id, region_code, region_name, as_of, measure, segment, published_value, published_members,
        published_base, computed_pct, arithmetic, our_value, difference, members_difference, verdict,
        explanation_en, explanation_id, source_title, source_url
    FROM marts.published_figures ORDER BY claim_id
"""
_REPAIRS = "SELECT * EXCLUDE (release_id) FROM marts.claim_repairs ORDER BY claim_id, rank"
_CONTRADICTIONS = "SELECT * EXCLUDE (release_id) FROM marts.claim_contradictions ORDER BY contradiction_id"


@click.command("claims")
@click.option("--json", "as_json", is_flag=True, help="Every statement with verdict and hypotheses, as JSON.")
@click.option("--all", "everything", is_flag=True, help="Also the statements that tie or cannot be checked.")
@click.option("--strict", is_flag=True, help="End with exit code 11 when a statement does not tie.")
@click.pass_obj
def command(data_root: Path | None, as_json: bool, everything: bool, strict: bool) -> None:
    """Hold printed statements against their own arithmetic and against the newest release.

    A statement ties when its rounding interval and that of its numbers meet. For those that do not,
    hypotheses of a slip are listed; nothing is ever corrected by them.
    """
    from flows.commands.query import published_database  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    database = published_database(load_settings(data_root=data_root).paths.latest)
    found = claims(database)
    if as_json:
        click.echo(json.dumps(found, default=str, indent=1, ensure_ascii=False))
    else:
        click.echo(table_of_claims(database, only_problems=not everything))
    broken = [c for c in found["claims"] if c["arithmetic"] in ("does_not_tie", "impossible")]
    if strict and broken:
        from schemas.errors import ClaimsUnsettled  # noqa: PLC0415

        click.echo(f"{len(broken)} statements do not tie or are impossible", err=True)
        sys.exit(ClaimsUnsettled.exit_code)


def claims(database: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every statement with its ranked hypotheses, and the contradictions between statements."""
    repairs = _rows(database, _REPAIRS)
    listed = _rows(database, _CLAIMS)
    for claim in listed:
        claim["hypotheses"] = [
            {name: value for name, value in repair.items() if name != "claim_id"}
            for repair in repairs
            if repair["claim_id"] == claim["claim_id"]
        ]
    return {"claims": listed, "contradictions": _rows(database, _CONTRADICTIONS)}


def _rows(database: Path, sql: str) -> list[dict[str, Any]]:
    from flows.commands.query import answer  # noqa: PLC0415

    names, rows = answer(database, sql)
    return [dict(zip(names, row, strict=True)) for row in rows]


def table_of_claims(database: Path, *, only_problems: bool) -> str:
    """Return the statements as text: the arithmetic, then the best hypothesis, then contradictions."""
    found = claims(database)
    lines: list[str] = []
    for claim in found["claims"]:
        if (
            only_problems
            and claim["arithmetic"] in ("ties", "not_checkable")
            and claim["verdict"] != "differs"
        ):
            continue
        told = claim["arithmetic"].replace("_", " ")
        day = claim["as_of"] or "no real date"
        lines.append(f"{claim['region_name']}, {day}, {claim['segment']}: {told}")
        lines.append(f"    {claim['explanation_en']}")
        if claim["verdict"] == "differs":
            lines.append(f"    our figure: {claim['our_value']} (printed minus ours: {claim['difference']})")
        lines += [f"    hypothesis {h['rank']}: {h['explanation_en']}" for h in claim["hypotheses"][:3]]
    for contradiction in found["contradictions"]:
        lines.append(f"contradiction ({contradiction['contradiction_kind'].replace('_', ' ')})")
        lines.append(f"    {contradiction['explanation_en']}")
    counts = dict.fromkeys(("ties", "does_not_tie", "impossible", "not_checkable"), 0)
    for claim in found["claims"]:
        counts[claim["arithmetic"]] += 1
    lines.append("")
    lines.append(", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items()))
    return "\n".join(lines)
