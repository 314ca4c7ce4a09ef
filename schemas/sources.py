"""Layouts of what arrives: file names, headers, codes, tolerance. A renamed header is changed here.

The real layouts of the offices are not public, so everything here is declared, never inferred
(data contract, section 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandera.polars as pa
import polars as pl

from schemas.tables.extracts import PendudukBekerja, Peserta, Rekap
from schemas.tables.member_rows import FUNDING, SEXES
from schemas.tables.table import SEGMENTS, TOTAL, Table

#: Name of the one check that a row has no defect of reading at all.
READ = "row:read"

Kind = Literal[
    "region",
    "word",
    "count",
    "percent",
    "definition",
    "nik",
    "text",
    "programs",
    "date",
    "month",
    "moment",
    "money",
    "place",
]

#: What may be wrong with a cell of each kind, as told to people: `<column>:<defect>`.
DEFECTS_OF_KIND: dict[Kind, tuple[str, ...]] = {
    "region": ("missing", "wrong_form", "unknown", "outside_scope", "other_territory"),
    "word": ("missing", "unknown"),
    "count": ("missing", "percent_where_count", "not_whole", "not_a_number"),
    "percent": ("missing", "not_a_number"),
    "definition": ("missing", "unknown"),
    "nik": ("missing", "scientific_notation", "not_digits", "wrong_length", "unknown_region"),
    "text": ("missing",),
    "programs": ("missing", "unknown", "repeated"),
    "date": ("missing", "unreadable"),
    "month": ("missing", "unreadable"),
    "moment": ("missing", "unreadable"),
    "money": ("missing", "not_a_number"),
    "place": ("missing", "wrong_form", "unknown_region"),
}

#: Marks that offices use for "no value"; anything else must be readable.
MISSING_MARKS = ("", "-", "–", "—", "…", "...", "NA", "N/A")


@dataclass(frozen=True)
class Column:
    """A column of an extract: our name, the header that offices write, and how its text is read."""

    name: str
    header: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    optional: bool = False
    words: tuple[str, ...] = ()
    default: str | None = None

    @property
    def defects(self) -> tuple[str, ...]:
        """Every defect that reading this column can find, in the order of the bits."""
        kinds = DEFECTS_OF_KIND[self.kind]
        told = kinds[1:] if self.optional else kinds
        return tuple(f"{self.name}:{defect}" for defect in told)


@dataclass(frozen=True)
class Source:
    """One kind of delivery: how its files are named, laid out, read and judged."""

    name: str
    title_en: str
    title_id: str
    as_of_form: Literal["%Y%m%d", "%Y%m"]
    model: type[Table]
    columns: tuple[Column, ...]
    ignored_headers: tuple[str, ...]
    #: Share of rows that may be set aside before the whole file is rejected.
    tolerance: float
    #: Raised when reading changes in a way that should read files again.
    reading_version: int
    #: Column whose sum a total row must equal; empty where files have no total row.
    summed: str
    code_forms: tuple[Literal["bps", "kemendagri"], ...] = ("bps", "kemendagri")
    total_words: tuple[str, ...] = ("jumlah", "total", "jumlah total", "grand total")
    warnings: frozenset[str] = field(default_factory=frozenset)
    #: Whether single cells may be corrected by the register; rows of persons are repaired by their office.
    takes_corrections: bool = True

    def __reduce__(self) -> tuple[Callable[[str], Source], tuple[str]]:
        """Be handed to another process by name: checks are functions, which cannot be."""
        return _source_named, (self.name,)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Our names and the offices' headers: a correction may use either."""
        return tuple(name for column in self.columns for name in (column.name, column.header))

    @cached_property
    def defects(self) -> tuple[str, ...]:
        """Defects of reading, in the order of their bits in the column `defects`."""
        return tuple(defect for column in self.columns for defect in column.defects)

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The model's schema with one check per defect of reading, so that Pandera judges every rule."""
        return self._schema([_clear(1 << bit, name) for bit, name in enumerate(self.defects)])

    @cached_property
    def quick_schema(self) -> pa.DataFrameSchema:
        """The same rules, the defects of reading in one check: dozens of checks cost more than all else.

        Which defects a row has is told by its bits (schemas.validation: accept_delivered).
        """
        return self._schema([_clear((1 << len(self.defects)) - 1, READ)])

    def _schema(self, of_reading: list[pa.Check]) -> pa.DataFrameSchema:
        # Built anew: the model's own schema is shared by all who ask for it.
        shared = self.model.to_schema()
        return pa.DataFrameSchema(
            shared.columns,
            checks=[*shared.checks, *of_reading],
            strict=True,
            ordered=True,
            name=self.model.__name__,
        )


def _source_named(name: str) -> Source:
    return SOURCES[name]


def _clear(bits: int, name: str) -> pa.Check:
    return pa.Check(
        lambda data: data.lazyframe.select((pl.col("defects") & bits) == 0),
        name=name,
        n_failure_cases=1,
    )


_REGION = Column(
    "region_code",
    "wilayah",
    "region",
    aliases=("kode wilayah", "kode", "kode kab/kota"),
)

REKAP = Source(
    name="rekap",
    title_en="Membership already counted by an office",
    title_id="Rekap kepesertaan yang sudah dihitung kantor",
    as_of_form="%Y%m%d",
    model=Rekap,
    columns=(
        _REGION,
        Column("segment", "segmen", "word", words=(*SEGMENTS, TOTAL)),
        Column("active_members", "peserta_aktif", "count", aliases=("peserta aktif", "jumlah peserta aktif")),
        Column(
            "inactive_members",
            "peserta_nonaktif",
            "count",
            aliases=("peserta nonaktif", "peserta non aktif"),
            optional=True,
        ),
        Column("numerator_id", "definisi", "definition", optional=True, default="workers_residence"),
    ),
    ignored_headers=("no", "no.", "nama", "nama wilayah", "kabupaten/kota", "provinsi"),
    tolerance=0.25,
    reading_version=1,
    summed="active_members",
)

PENDUDUK_BEKERJA = Source(
    name="penduduk_bekerja",
    title_en="People in work: the base of coverage",
    title_id="Penduduk bekerja: penyebut cakupan",
    as_of_form="%Y%m",
    model=PendudukBekerja,
    columns=(
        _REGION,
        Column(
            "workers",
            "penduduk_bekerja",
            "count",
            aliases=("penduduk bekerja", "penduduk bekerja (orang)", "jumlah penduduk bekerja"),
        ),
        Column("formal_workers", "formal", "count", optional=True),
        Column("informal_workers", "informal", "count", optional=True),
        Column("rse_pct", "rse_persen", "percent", aliases=("rse (%)", "rse"), optional=True),
        Column("denominator_id", "definisi", "definition", optional=True, default="eligible_workers"),
    ),
    ignored_headers=("no", "no.", "nama", "nama wilayah", "kabupaten/kota", "provinsi"),
    tolerance=0.25,
    reading_version=1,
    summed="workers",
)

PESERTA = Source(
    name="peserta",
    title_en="Membership rows of an office: one row per membership",
    title_id="Baris kepesertaan kantor: satu baris per kepesertaan",
    as_of_form="%Y%m%d",
    model=Peserta,
    columns=(
        Column("nik", "nik", "nik"),
        Column("kpj", "kpj", "text"),
        Column("npp", "npp", "text", optional=True),
        Column("segment", "segmen", "word", words=SEGMENTS),
        Column("status", "status", "word", words=("AKTIF", "NONAKTIF")),
        Column("programs", "program", "programs"),
        Column("start_date", "tgl_mulai", "date"),
        Column("end_date", "tgl_akhir", "date", optional=True),
        Column("last_paid", "iuran_terakhir", "month", optional=True),
        Column("birth_date", "tgl_lahir", "date"),
        Column("sex", "jenis_kelamin", "word", words=SEXES),
        Column("residence", "wilayah_domisili", "place"),
        Column("workplace", "wilayah_kerja", "place", optional=True),
        Column("branch_office", "kantor_cabang", "text"),
        Column("wage", "upah", "money", optional=True),
        Column("funding", "sumber_iuran", "word", words=FUNDING),
        Column("is_vulnerable", "rentan", "word", words=("Y", "T")),
        Column("activity_code", "kbli", "text", optional=True),
        Column("updated_at", "diperbarui", "moment"),
    ),
    ignored_headers=(),
    tolerance=0.05,
    reading_version=1,
    summed="",
    code_forms=("kemendagri",),
    total_words=(),
    warnings=frozenset({"birth_date:disagrees_with_nik", "sex:disagrees_with_nik"}),
    takes_corrections=False,
)

SOURCES: dict[str, Source] = {source.name: source for source in (PESERTA, REKAP, PENDUDUK_BEKERJA)}
