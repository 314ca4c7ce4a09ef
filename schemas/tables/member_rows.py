"""Members between staging and counts: pseudonymous rows, and the words and bands that counts are kept by."""

from __future__ import annotations

import pandera.polars as pa
import polars as pl

from schemas.tables.table import SEGMENTS, LocalMoment, Table

#: The primary segment of a person is the first of these that the person holds (data contract, section 2).
PRIMARY_ORDER = ("PU", "JAKON", "PMI", "BPU")
FUNDING = ("PEMBERI_KERJA", "MANDIRI", "APBN", "APBD", "DBH_SAWIT", "DANA_DESA", "CSR")
SEXES = ("L", "P")
PROGRAMS = ("JKK", "JKM", "JHT", "JP", "JKP")
#: Label of each age group and its first completed year on the as-of day.
AGE_GROUPS = (("15-24", 15), ("25-34", 25), ("35-44", 35), ("45-54", 45), ("55-64", 55), ("65+", 65))
AGE_LABELS = tuple(label for label, _ in AGE_GROUPS)


class StagedMemberships(Table):
    """One row per accepted line of a `peserta`: what counting needs, under a pseudonym.

    `person_high`, `person_low`: 128 bits of the keyed pseudonym of the NIK. `membership`: 64 bits of the
    one of the KPJ. `content` and `identity`: keyed digests of the whole row, and of birth date and sex, to
    tell identical rows from contradicting ones. None of them can be turned back without the key.
    """

    person_high: pl.UInt64
    person_low: pl.UInt64
    membership: pl.UInt64
    content: pl.UInt64
    identity: pl.UInt64
    updated_at: LocalMoment
    is_active: bool
    segment: pl.Enum(SEGMENTS)  # type: ignore[valid-type]
    residence: pl.UInt16
    workplace: pl.UInt16 = pa.Field(nullable=True)
    sex: pl.Enum(SEXES)  # type: ignore[valid-type]
    age_group: pl.Enum(AGE_LABELS)  # type: ignore[valid-type]
    funding: pl.Enum(FUNDING)  # type: ignore[valid-type]
    is_vulnerable: bool
    branch_office: str
    line: pl.UInt32
