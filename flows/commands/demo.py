"""`cakupan demo`: the whole pipeline on real published figures."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

PAPUA_BARAT = """
    SELECT regency_name AS "Kabupaten", active_members AS "Peserta", working_population AS "Penduduk bekerja",
        coverage_pct AS "Cakupan %", rank_in_province AS "Peringkat", coverage_status AS "Keterangan"
    FROM marts.coverage_by_regency
    WHERE period = '2023-08-01' AND province_code = '91'
    UNION ALL
    SELECT province_name, active_members, working_population, coverage_pct, NULL, coverage_status
    FROM marts.coverage_by_province
    WHERE period = '2023-08-01' AND province_code = '91'
    ORDER BY 5 NULLS LAST
"""


@click.command("demo")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Data root of the demonstration; made if it is not there.",
)
def command(into: Path) -> None:
    """Run a night on real published figures and show one official table, recomputed.

    The figures are those of news and official statements, exactly as printed (examples/README.md).
    """
    from flows.commands.claims import table_of_claims  # noqa: PLC0415
    from flows.commands.query import ask  # noqa: PLC0415
    from flows.commands.run import run, tell  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    settings = load_settings(data_root=into, landing=into / "landing", settle_seconds=0)
    copy_examples(into / "landing")
    report = run(settings, orchestrated=False)
    tell(settings, report, as_json=False, quiet=False)
    if report.exit_code:
        sys.exit(report.exit_code)
    database = settings.paths.latest / "cakupan.duckdb"
    click.echo("\nPapua Barat, 31 August 2023: an official table, recomputed\n")
    click.echo(ask(database, PAPUA_BARAT, "table"))
    click.echo("\nPrinted figures that do not tie with their own arithmetic\n")
    click.echo(table_of_claims(database, only_problems=True))
    click.echo(f"\nRelease   {settings.paths.published / (report.release_id or '')}")
    click.echo(f"Database  {database}")
    click.echo(f'Ask it    cakupan --data-root {into} query "from marts.coverage_by_province"')


def copy_examples(landing: Path) -> None:
    """Copy the example files into a landing, with their times, as a sender would drop them."""
    landing.mkdir(parents=True, exist_ok=True)
    for file in sorted(examples().iterdir()):
        target = landing / file.name
        if not target.exists() or target.read_bytes() != file.read_bytes():
            unfinished = target.with_name(f"{target.name}.part")
            shutil.copy2(file, unfinished)
            unfinished.replace(target)


def examples() -> Path:
    """Return the folder of the example files: inside the installed package, or in a checkout."""
    here = Path(__file__).parent.parent
    packaged = here / "examples"
    return packaged if packaged.is_dir() else here.parent / "examples" / "landing"
