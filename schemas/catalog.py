"""Which tables exist, in which schema, in which order they are built, and which are published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.tables import counts, ledger, marts, reference, staging
from schemas.tables.table import Table

Layer = Literal["reference", "staging", "marts", "ledger"]
LAYERS: tuple[Layer, ...] = ("reference", "staging", "marts", "ledger")

_DO_NOT_ADD_DEFINITIONS = (
    "Do not add rows of different definitions: they count the same people.",
    "Jangan menjumlahkan baris dengan definisi berbeda: orangnya sama.",
)
_DO_NOT_AVERAGE = (
    "Do not average percentages: add members and base, then divide.",
    "Jangan merata-ratakan persen: jumlahkan peserta dan penyebut, lalu bagi.",
)
_SMALL_CELLS = (
    "Counts from 1 to 4 are withheld (empty, is_withheld): do not read them as zero.",
    "Jumlah 1 sampai 4 tidak diterbitkan (kosong, is_withheld): jangan dibaca sebagai nol.",
)
_HYPOTHESES = (
    "Hypotheses are guesses about a slip of the pen; no figure of ours uses them.",
    "Dugaan hanyalah perkiraan salah tulis; tidak ada angka kami yang memakainya.",
)


@dataclass(frozen=True)
class TableEntry:
    """A table: its model, its key, and what a reader must know before using it."""

    layer: Layer
    name: str
    model: type[Table]
    key: tuple[str, ...]
    title_en: str
    title_id: str
    published: bool = False
    warnings: tuple[tuple[str, str], ...] = ()
    #: A mart whose rows of a month come from that month's inputs and the registers alone: only months whose
    #: inputs changed are built. Its query reads the months of `months_to_build` and no others.
    by_month: bool = False

    @property
    def full_name(self) -> str:
        """Schema and name, as in SQL."""
        return f"{self.layer}.{self.name}"

    @property
    def endings(self) -> tuple[str, ...]:
        """The files it is published as, besides the database: the long detail of all months has no CSV."""
        return ("parquet",) if self.by_month else ("csv", "parquet")

    @property
    def order(self) -> str:
        """The order of its rows, as in SQL: that of its key."""
        return ", ".join(f'"{column}" NULLS FIRST' for column in self.key)

    @property
    def description(self) -> str:
        """What one row is (the model's docstring)."""
        return (self.model.__doc__ or "").strip()


def _register(name: str, model: type[Table], key: str, title_en: str, title_id: str) -> TableEntry:
    return TableEntry("reference", name, model, (key,), title_en, title_id)


def _mart(
    model: type[Table],
    name: str,
    key: tuple[str, ...],
    titles: tuple[str, str],
    *,
    published: bool = True,
    warnings: tuple[tuple[str, str], ...] = (),
    by_month: bool = False,
) -> TableEntry:
    return TableEntry("marts", name, model, key, *titles, published, warnings, by_month)


REFERENCE = (
    _register("regions", reference.Regions, "region_code_bps", "Regions", "Wilayah"),
    _register("definitions", reference.Definitions, "definition_id", "Definitions", "Definisi"),
    _register("targets", reference.Targets, "target_id", "Target statements", "Pernyataan target"),
    _register(
        "published_figures", reference.PublishedFigures, "claim_id", "Printed statements", "Angka tercetak"
    ),
    _register("corrections", reference.Corrections, "correction_id", "Corrections", "Koreksi"),
)

STAGING = (
    TableEntry(
        "staging",
        "membership_counts",
        staging.MembershipCounts,
        ("file_id", "line"),
        "Members as counted by offices",
        "Peserta menurut rekap kantor",
    ),
    TableEntry(
        "staging", "bases", staging.Bases, ("file_id", "line"), "Bases as delivered", "Penyebut kiriman"
    ),
    TableEntry(
        "staging",
        "worker_counts",
        counts.WorkerCounts,
        ("as_of", "counted_by", "region_code", "segment", "sex", "age_group", "funding", "is_vulnerable"),
        "Workers counted from member rows",
        "Pekerja dihitung dari baris kepesertaan",
    ),
    TableEntry(
        "staging",
        "segment_overlap",
        counts.SegmentOverlap,
        ("as_of", "region_code", "segments"),
        "Segments held at once",
        "Segmen yang dimiliki sekaligus",
    ),
    TableEntry(
        "staging",
        "work_flows",
        counts.WorkFlows,
        ("as_of", "region_code", "workplace_code"),
        "Residence and place of work",
        "Domisili dan tempat kerja",
    ),
    TableEntry(
        "staging",
        "identity_quality",
        counts.IdentityQuality,
        ("as_of", "branch_office"),
        "Quality of identities by office",
        "Mutu identitas menurut kantor",
    ),
    TableEntry(
        "staging",
        "balance",
        counts.Balance,
        ("as_of",),
        "Balance of rows, memberships and persons",
        "Neraca baris, kepesertaan, dan orang",
    ),
    TableEntry(
        "staging",
        "built_months",
        counts.BuiltMonths,
        ("mart", "period"),
        "Months that a mart was built for",
        "Bulan yang sudah dibangun untuk sebuah tabel",
    ),
    TableEntry(
        "staging",
        "claim_verdicts",
        staging.ClaimVerdicts,
        ("claim_id",),
        "Arithmetic of printed statements",
        "Perhitungan angka tercetak",
    ),
    TableEntry(
        "staging",
        "claim_repairs",
        marts.ClaimRepairs,
        ("claim_id", "rank"),
        "Hypotheses about printed statements",
        "Dugaan atas angka tercetak",
    ),
    TableEntry(
        "staging",
        "claim_contradictions",
        marts.ClaimContradictions,
        ("contradiction_id",),
        "Printed statements that contradict each other",
        "Angka tercetak yang bertentangan",
    ),
)

#: In the order in which they are built: a mart may read the ones above it.
MARTS = (
    _mart(
        marts.Months, "months", ("period",), ("Months of the series", "Bulan dalam deret"), published=False
    ),
    _mart(
        marts.MembersByRegion,
        "members_by_region",
        ("period", "region_code", "numerator_id", "segment"),
        ("Members by region, numerator and segment", "Peserta menurut wilayah, pembilang, dan segmen"),
        published=False,
        by_month=True,
        warnings=(_DO_NOT_ADD_DEFINITIONS,),
    ),
    _mart(
        marts.BaseByRegion,
        "base_by_region",
        ("period", "region_code", "denominator_id"),
        ("Base by region and month", "Penyebut menurut wilayah dan bulan"),
        published=False,
        warnings=(_DO_NOT_ADD_DEFINITIONS,),
    ),
    _mart(
        marts.CoverageByDefinition,
        "coverage_by_definition",
        ("period", "region_code", "numerator_id", "denominator_id"),
        ("Coverage by every definition", "Cakupan menurut semua definisi"),
        warnings=(_DO_NOT_ADD_DEFINITIONS, _DO_NOT_AVERAGE),
    ),
    _mart(
        marts.HeadlineCoverage,
        "headline_coverage",
        ("period", "region_code"),
        ("Headline figure of every region", "Angka utama setiap wilayah"),
        published=False,
    ),
    _mart(
        marts.CurrentTargets,
        "current_targets",
        ("region_code", "target_year", "numerator_id", "denominator_id"),
        ("Target that a region is measured against", "Target pembanding setiap wilayah"),
        published=False,
    ),
    _mart(
        marts.CoverageInputs,
        "coverage_inputs",
        ("period", "region_code"),
        ("Files behind each headline figure", "Berkas di balik setiap angka utama"),
    ),
    _mart(
        marts.CoverageByRegency,
        "coverage_by_regency",
        ("period", "regency_code"),
        ("Coverage by regency", "Cakupan menurut kabupaten/kota"),
        warnings=(_DO_NOT_AVERAGE,),
    ),
    _mart(
        marts.CoverageByProvince,
        "coverage_by_province",
        ("period", "province_code"),
        ("Coverage by province", "Cakupan menurut provinsi"),
        warnings=(_DO_NOT_AVERAGE,),
    ),
    _mart(
        marts.CoverageNationwide,
        "coverage_nationwide",
        ("period",),
        ("Coverage of the country", "Cakupan nasional"),
    ),
    _mart(
        marts.CoverageBySegment,
        "coverage_by_segment",
        ("period", "region_code", "segment", "numerator_id", "denominator_id"),
        ("Coverage by segment", "Cakupan menurut segmen"),
        warnings=(_DO_NOT_ADD_DEFINITIONS, _DO_NOT_AVERAGE),
    ),
    _mart(
        marts.CoverageChange,
        "coverage_change",
        ("period", "region_code"),
        ("Why coverage moved", "Penyebab perubahan cakupan"),
    ),
    _mart(
        marts.TargetGap,
        "target_gap",
        ("period", "region_code", "target_id"),
        ("Gap to every target of the same definition", "Selisih terhadap setiap target yang sedefinisi"),
    ),
    _mart(
        marts.PublishedFigures,
        "published_figures",
        ("claim_id",),
        ("Printed statements beside our figures", "Angka tercetak di samping angka kami"),
    ),
    _mart(
        marts.ClaimRepairs,
        "claim_repairs",
        ("claim_id", "rank"),
        ("Hypotheses about statements that do not tie", "Dugaan atas angka yang tidak cocok"),
        warnings=(_HYPOTHESES,),
    ),
    _mart(
        marts.ClaimContradictions,
        "claim_contradictions",
        ("contradiction_id",),
        ("Printed statements that contradict each other", "Angka tercetak yang bertentangan"),
    ),
    _mart(
        marts.WorkersByRegency,
        "workers_by_regency",
        ("period", "counted_by", "regency_code", "segment", "sex", "age_group"),
        ("Workers by segment, sex and age", "Pekerja menurut segmen, jenis kelamin, dan umur"),
        by_month=True,
        warnings=(_DO_NOT_ADD_DEFINITIONS, _SMALL_CELLS),
    ),
    _mart(
        marts.WorkersByFunding,
        "workers_by_funding",
        ("period", "regency_code", "funding", "is_vulnerable"),
        ("Workers by who pays", "Pekerja menurut pembayar iuran"),
        warnings=(_SMALL_CELLS,),
    ),
    _mart(
        marts.SegmentOverlapPublished,
        "segment_overlap",
        ("period", "regency_code", "segments"),
        ("Persons by the segments they hold at once", "Orang menurut segmen yang dimiliki sekaligus"),
        warnings=(_SMALL_CELLS,),
    ),
    _mart(
        marts.WorkFlowsPublished,
        "work_flows",
        ("period", "regency_code", "workplace_code"),
        ("Where members live and work", "Tempat tinggal dan tempat kerja peserta"),
        by_month=True,
        warnings=(_SMALL_CELLS,),
    ),
    _mart(
        marts.IdentityQualityPublished,
        "identity_quality",
        ("as_of", "branch_office"),
        ("Quality of identities by branch office", "Mutu identitas menurut kantor cabang"),
    ),
    _mart(
        marts.DataQuality,
        "data_quality",
        ("source", "period", "reason"),
        ("Rows read and set aside", "Baris dibaca dan disisihkan"),
    ),
    _mart(
        marts.Reporting,
        "reporting",
        ("period", "regency_code", "source"),
        ("Who reported for which month, and when", "Siapa melapor untuk bulan apa, dan kapan"),
    ),
    _mart(marts.RegionsPublished, "regions", ("region_code_bps",), ("Regions", "Wilayah")),
    _mart(reference.Targets, "targets", ("target_id",), ("Target statements", "Pernyataan target")),
    _mart(reference.Definitions, "definitions", ("definition_id",), ("Definitions", "Definisi")),
)

LEDGER = (
    TableEntry(
        "ledger",
        "schema_version",
        ledger.SchemaVersion,
        ("version",),
        "Migrations applied",
        "Migrasi yang diterapkan",
    ),
    TableEntry("ledger", "runs", ledger.Runs, ("run_id",), "Runs", "Proses"),
    TableEntry("ledger", "steps", ledger.Steps, ("run_id", "step"), "Stages of runs", "Tahap proses"),
    TableEntry(
        "ledger", "landing", ledger.Landing, ("file_name",), "Landing as last seen", "Isi landing terakhir"
    ),
    TableEntry("ledger", "files", ledger.Files, ("file_id", "reading"), "Files met", "Berkas yang ditemui"),
    TableEntry(
        "ledger",
        "rejections",
        ledger.Rejections,
        ("file_id", "reading", "reason"),
        "Rows set aside",
        "Baris disisihkan",
    ),
    TableEntry(
        "ledger",
        "check_results",
        ledger.CheckResults,
        ("run_id", "check_id"),
        "Results of checks",
        "Hasil pemeriksaan",
    ),
    TableEntry("ledger", "releases", ledger.Releases, ("release_id",), "Releases", "Rilis"),
)

#: Made while a release is built: it needs the release before.
REVISIONS = _mart(
    marts.Revisions,
    "revisions",
    ("table", "key", "column"),
    ("Cells that changed since the release before", "Sel yang berubah sejak rilis sebelumnya"),
)

CATALOG: tuple[TableEntry, ...] = (*REFERENCE, *STAGING, *MARTS, REVISIONS, *LEDGER)
PUBLISHED: tuple[TableEntry, ...] = (*(entry for entry in MARTS if entry.published), REVISIONS)

#: Printed in every published table: two files can be shown to belong together.
RELEASE_COLUMN = "release_id"


def table(full_name: str) -> TableEntry:
    """Return the catalog entry of `layer.name`; KeyError when there is none."""
    return _BY_NAME[full_name]


_BY_NAME = {entry.full_name: entry for entry in CATALOG}
