"""`cakupan demo`: the whole pipeline on real published figures."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flows.settings import Settings

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


BALI = """
    SELECT regency_name AS "Kabupaten (SINTETIS)", active_members AS "Peserta",
        working_population AS "Penduduk bekerja", coverage_pct AS "Cakupan %", gap_points AS "Selisih",
        members_needed AS "Masih perlu", rank_in_province AS "Peringkat"
    FROM marts.coverage_by_regency
    WHERE period = '2025-03-01' AND province_code = '51'
    UNION ALL
    SELECT province_name, active_members, working_population, coverage_pct, gap_points, members_needed, NULL
    FROM marts.coverage_by_province
    WHERE period = '2025-03-01' AND province_code = '51'
    ORDER BY 7 NULLS LAST
"""


@click.command("demo")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder of the demonstration, with a data root each for real and invented figures.",
)
def command(into: Path) -> None:
    """Run a night on real published figures and show one official table, recomputed.

    Then a second night, on an invented Bali with known truth: member rows, dirty on purpose, every worker
    counted once. Real figures are those of news and official statements, exactly as printed
    (examples/README.md); invented ones are marked SYNTHETIC everywhere and kept in a data root of their own.
    """
    from flows.commands.claims import table_of_claims  # noqa: PLC0415
    from flows.commands.query import ask  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415

    synthetic = _invented_bali(into / "synthetic")
    settings = load_settings(data_root=into / "real", landing=into / "real" / "landing", settle_seconds=0)
    copy_examples(settings.paths.landing)
    click.echo("\nReal published figures", err=True)
    release = _night(settings)
    database = settings.paths.latest / "cakupan.duckdb"
    click.echo("\nSYNTHETIC Bali, 31 March 2025: invented people, counted from member rows\n")
    click.echo(ask(synthetic / "cakupan.duckdb", BALI, "table"))
    click.echo("\nPrinted figures that do not tie with their own arithmetic\n")
    click.echo(table_of_claims(database, only_problems=True))
    click.echo("\nPapua Barat, 31 August 2023: an official table, recomputed from real figures\n")
    click.echo(ask(database, PAPUA_BARAT, "table"))
    click.echo(f"\nReal release       {release}")
    click.echo(f"Synthetic release  {synthetic.resolve()}")
    click.echo(f"Database           {database}")
    click.echo(
        f'Ask it             cakupan --data-root {into / "real"} query "from marts.coverage_by_province"'
    )
    click.echo(f"How nights went    {settings.paths.operators / 'index.html'}")
    page = settings.paths.latest / "index.html"
    if page.exists():
        click.echo(f"Page to open       {page}")


def _night(settings: Settings) -> Path:
    """Run one night, tell it, and return its release; ends the command when it did not publish."""
    from flows.commands.run import run, tell  # noqa: PLC0415

    report = run(settings, orchestrated=False)
    tell(settings, report, as_json=False, quiet=False)
    if report.release_id is None:
        sys.exit(report.exit_code)
    return settings.paths.published / report.release_id


def _invented_bali(root: Path) -> Path:
    """Write an invented Bali once, run a night over it, and return the folder of its newest release."""
    from flows.keys import create_keys, key_file  # noqa: PLC0415
    from flows.settings import load_settings  # noqa: PLC0415
    from flows.synth import synthesise  # noqa: PLC0415
    from transforms.synthetic.parameters import Parameters  # noqa: PLC0415

    twin = root / "twin"
    settings = load_settings(data_root=root, landing=twin / "landing", settle_seconds=0)
    if not (twin / "truth" / "truth.json").exists():
        shutil.rmtree(twin, ignore_errors=True)
        click.echo("Writing an invented Bali (SYNTHETIC)", err=True)
        synthesise(Parameters(rows=50_000, provinces=("51",), months=2, seed=7), twin)
    if not key_file(settings).exists():
        create_keys(settings)
    click.echo("\nInvented Bali (SYNTHETIC)", err=True)
    _night(settings)
    return settings.paths.latest


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
