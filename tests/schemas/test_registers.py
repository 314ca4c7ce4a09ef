"""Registers: the packaged ones load; one that breaks a rule is refused with file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from schemas.catalog import REFERENCE, TableEntry
from schemas.errors import RegisterError
from schemas.registers import load_registers
from schemas.validation import broken_rules

#: A small country: one province with a regency and a city, another with a regency that moved there.
SMALL = {
    "regions": """
region_code_bps,region_code_bps_previous,region_code_kemendagri,region_code_kemendagri_previous,name_official,name_short,kind,province_code_bps,province_code_kemendagri,province_name,valid_from,valid_to,legal_basis,note
51,,51,,Bali,Bali,provinsi,51,51,Bali,,,,
5103,,51.03,,Kabupaten Badung,Badung,kabupaten,51,51,Bali,,,,
5171,,51.71,,Kota Denpasar,Denpasar,kota,51,51,Bali,,,,"on an island, in the south"
95,,93,,Papua Selatan,Papua Selatan,provinsi,95,93,Papua Selatan,2022-07-25,,,
9501,9401,93.01,91.01,Kabupaten Merauke,Merauke,kabupaten,95,93,Papua Selatan,2022-07-25,,,
""",
    "definitions": """
definition_id,role,headline_rank,title_en,title_id,description_en,description_id,citation
workers_residence,numerator,1,Workers,Pekerja,Workers counted,Pekerja dihitung,contract
memberships_residence,numerator,,Memberships,Kepesertaan,Counted twice,Dihitung dua kali,contract
eligible_workers,denominator,1,Base,Penyebut,The base,Dasar,contract
""",
    "targets": """
target_id,region_code,year,target_pct,target_people,numerator_id,denominator_id,is_current,set_by,document,source_url,note
bali-2025,51,2025,67.28,,workers_residence,eligible_workers,true,Kemendagri,,https://example.org/a,
bali-2025-other,51,2025,67.69,,workers_residence,eligible_workers,false,RPJMN,,https://example.org/b,
bali-2026,51,2026,,500000,,,true,Kemendagri,,https://example.org/c,
""",
    "published_figures": """
claim_id,region_code,region_name,level,as_of,as_of_printed,measure,segment,participants,participants_unit,denominator,denominator_unit,published_value,published_target,source_title,source_url,note
bali-total,51,Bali,province,2025-03-31,,coverage,TOTAL,935079,1,1873899,1,50.88,,News,https://example.org/d,
""",
    "corrections": """
correction_id,source,scope,as_of,region_code,segment,column,expected_value,corrected_value,justification,authority,declared_on
badung-march,rekap,51,2025-03-31,5103,TOTAL,peserta_aktif,35,53,The office wrote the digits the wrong way round,Kanwil,2025-04-10
""",
}

Write = Callable[..., Path]


@pytest.fixture
def registers(tmp_path: Path) -> Write:
    """Write the small registers, with `changes`: register → (text, replacement)."""

    def write(**changes: tuple[str, str]) -> Path:
        for name, text in SMALL.items():
            old, new = changes.get(name, ("", ""))
            assert text.count(old) == 1 or not old, f"{old!r} stands {text.count(old)} times in {name}"
            (tmp_path / f"{name}.csv").write_text(
                text.lstrip("\n").replace(old, new, 1) if old else text.lstrip("\n")
            )
        return tmp_path

    return write


def refusal(folder: Path) -> RegisterError:
    with pytest.raises(RegisterError) as refused:
        load_registers(folder)
    assert refused.value.hint
    return refused.value


def test_the_packaged_registers_load() -> None:
    registers = load_registers()
    assert {name: frame.height for name, frame in registers.frames().items() if name == "regions"} == {
        "regions": 38 + 514
    }
    kinds = registers.regions.group_by("kind").len().sort("kind").rows()
    assert kinds == [("kabupaten", 416), ("kota", 98), ("provinsi", 38)]
    assert registers.definition_ids("numerator")[0] == "workers_residence"
    assert set(registers.digests) == {entry.name for entry in REFERENCE}
    assert all("__line" not in frame.columns for frame in registers.frames().values())


def test_the_small_registers_load_with_their_types(registers: Write) -> None:
    loaded = load_registers(registers())
    row = loaded.targets.row(0, named=True)
    assert (str(row["target_pct"]), row["is_current"], row["target_people"]) == ("67.28", True, None)
    assert loaded.regions["note"].to_list()[2] == "on an island, in the south"
    assert loaded.corrections["expected_value"].to_list() == ["35"]


def test_blank_lines_and_a_byte_order_mark_do_no_harm(registers: Write) -> None:
    folder = registers()
    path = folder / "targets.csv"
    header, first, *others = path.read_text().splitlines()
    path.write_text("\ufeff" + "\r\n".join([header, "", first, *others]) + "\r\n", encoding="utf-8")
    assert load_registers(folder).targets.height == 3


#: What is broken → register, text, its replacement, where the error points, the rule.
BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "duplicate key": (
        "regions",
        "5171,,51.71,,Kota Denpasar,Denpasar,kota,51",
        "5103,,51.04,,Kabupaten Gianyar,Gianyar,kabupaten,51",
        "regions.csv:3",
        "region_code_bps:duplicate_key (line 3, 4)",
    ),
    "the same Kemendagri code twice": (
        "regions",
        "5171,,51.71",
        "5171,,51.03",
        "regions.csv:3",
        "region_code_kemendagri:duplicate_key (line 3, 4)",
    ),
    "orphan parent": (
        "regions",
        "95,,93,,Papua Selatan,Papua Selatan,provinsi,95,93,Papua Selatan,2022-07-25,,,\n",
        "",
        "regions.csv:5",
        "province_code_bps:orphan (line 5)",
    ),
    "code of another province": (
        "regions",
        "5103,,51.03",
        "5203,,51.03",
        "regions.csv:3",
        "region_code_bps:not_below_its_province (line 3)",
    ),
    "a city that is called a regency": (
        "regions",
        "Denpasar,kota,",
        "Denpasar,kabupaten,",
        "regions.csv:4",
        "kind:does_not_fit_code (line 4)",
    ),
    "validity that ends before it begins": (
        "regions",
        "Papua Selatan,2022-07-25,,,\n9501",
        "Papua Selatan,2022-07-25,2021-01-01,,\n9501",
        "regions.csv:5",
        "valid_to:before_valid_from (line 5)",
    ),
    "former code that is another region's code": (
        "regions",
        "9501,9401,",
        "9501,5103,",
        "regions.csv:6",
        "region_code_bps_previous:belongs_to_two_regions (line 6)",
    ),
    "former Kemendagri code of two regions": (
        "regions",
        "5103,,51.03,,",
        "5103,,51.03,91.01,",
        "regions.csv:3",
        "region_code_kemendagri_previous:belongs_to_two_regions (line 3, 6)",
    ),
    "former code of two regions": (
        "regions",
        "5103,,51.03",
        "5103,9401,51.03",
        "regions.csv:3",
        "region_code_bps_previous:belongs_to_two_regions (line 3, 6)",
    ),
    "unknown region of a target": (
        "targets",
        "bali-2025,51,",
        "bali-2025,52,",
        "targets.csv:2",
        "region_code:unknown (line 2)",
    ),
    "unknown region of a statement": (
        "published_figures",
        "bali-total,51,",
        "bali-total,5199,",
        "published_figures.csv:2",
        "region_code:unknown (line 2)",
    ),
    "unknown region of a correction": (
        "corrections",
        ",5103,TOTAL",
        ",5199,TOTAL",
        "corrections.csv:2",
        "region_code:unknown (line 2)",
    ),
    "unknown numerator": (
        "targets",
        "67.69,,workers_residence",
        "67.69,,workers_moon",
        "targets.csv:3",
        "numerator_id:unknown (line 3)",
    ),
    "a numerator where a denominator belongs": (
        "targets",
        "67.69,,workers_residence,eligible_workers",
        "67.69,,workers_residence,workers_residence",
        "targets.csv:3",
        "denominator_id:unknown (line 3)",
    ),
    "two current targets of one definition": (
        "targets",
        "eligible_workers,false",
        "eligible_workers,true",
        "targets.csv:2",
        "is_current:two_current_targets (line 2, 3)",
    ),
    "a target without a value": (
        "targets",
        "2026,,500000",
        "2026,,",
        "targets.csv:4",
        "target_pct:no_target_given (line 4)",
    ),
    "a decimal comma": (
        "targets",
        "67.28",
        "67,28",
        "targets.csv:2",
        "the record has 13 fields, the header has 12",
    ),
    "a decimal comma in quotes": (
        "targets",
        "67.28",
        '"67,28"',
        "targets.csv:2",
        "target_pct:unreadable (line 2)",
    ),
    "a percent with more decimals than are kept": (
        "targets",
        "67.28",
        "67.285",
        "targets.csv:2",
        "target_pct:unreadable (line 2)",
    ),
    "an unreadable truth": (
        "targets",
        "eligible_workers,false",
        "eligible_workers,nein",
        "targets.csv:3",
        "is_current:unreadable (line 3)",
    ),
    "an unreadable day": (
        "published_figures",
        "2025-03-31",
        "2025-06-31",
        "published_figures.csv:2",
        "as_of:unreadable (line 2)",
    ),
    "an unreadable count": (
        "published_figures",
        "935079",
        "935.079",
        "published_figures.csv:2",
        "participants:unreadable (line 2)",
    ),
    "a count without its unit": (
        "published_figures",
        "935079,1,",
        "935079,,",
        "published_figures.csv:2",
        "participants_unit:missing (line 2)",
    ),
    "a rank given twice": (
        "definitions",
        "memberships_residence,numerator,,",
        "memberships_residence,numerator,1,",
        "definitions.csv:2",
        "headline_rank:given_twice (line 2, 3)",
    ),
    "a role that does not exist": (
        "definitions",
        "eligible_workers,denominator",
        "eligible_workers,quotient",
        "definitions.csv:4",
        "role:not_in_list (line 4)",
    ),
    "a missing value": (
        "definitions",
        ",Base,",
        ",,",
        "definitions.csv:4",
        "title_en:missing (line 4)",
    ),
    "a correction without reasons": (
        "corrections",
        "The office wrote the digits the wrong way round",
        "typo",
        "corrections.csv:2",
        "justification:str_length",
    ),
    "a correction of a source that does not exist": (
        "corrections",
        "badung-march,rekap",
        "badung-march,recap",
        "corrections.csv:2",
        "source:unknown (line 2)",
    ),
    "a correction of a column that does not exist": (
        "corrections",
        "peserta_aktif",
        "peserta",
        "corrections.csv:2",
        "column:unknown (line 2)",
    ),
    "a short line": (
        "targets",
        "https://example.org/b,\n",
        "https://example.org/b\n",
        "targets.csv:3",
        "the record has 11 fields, the header has 12",
    ),
    "a long line": (
        "definitions",
        "Counted twice,",
        "Counted, twice,",
        "definitions.csv:3",
        "the record has 9 fields, the header has 8",
    ),
    "quotes that are not closed": (
        "regions",
        'in the south"',
        "in the south",
        "regions.csv:4",
        "quotes are not closed",
    ),
    "a line break inside quotes": (
        "regions",
        "on an island, in",
        "on an island,\nin",
        "regions.csv:4",
        "a value holds a line break",
    ),
    "a name that a spreadsheet would compute": (
        "regions",
        "Badung,kabupaten",
        "\"=cmd|'/c calc'!A1\",kabupaten",
        "regions.csv:3",
        "name_short:formula",
    ),
    "a title that a spreadsheet would compute": (
        "published_figures",
        ",News,",
        ",+SUM(A1),",
        "published_figures.csv:2",
        "source_title:formula",
    ),
    "a renamed header": (
        "targets",
        "target_pct",
        "target_percent",
        "targets.csv:1",
        "missing ['target_pct'], unexpected ['target_percent']",
    ),
    "headers in another order": (
        "targets",
        "target_id,region_code",
        "region_code,target_id",
        "targets.csv:1",
        "missing none, unexpected none",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_register_is_refused_with_file_line_and_rule(case: str, registers: Write) -> None:
    name, old, new, where, rule = BROKEN[case]
    folder = registers(**{name: (old, new)})
    refused = refusal(folder)
    assert refused.where == str(folder / where)
    assert rule in refused.what
    assert refused.exit_code == 4


def test_an_overlap_is_told_even_when_the_other_region_stands_below(registers: Write) -> None:
    refused = refusal(registers(regions=("5103,,51.03,,", "5103,,51.03,93.01,")))
    assert refused.where.endswith("regions.csv:3")
    assert "belongs_to_two_regions (line 3)" in refused.what


def test_only_the_first_ten_lines_are_listed(registers: Write) -> None:
    folder = registers()
    path = folder / "targets.csv"
    line = "other-{},51,20{},50.00,,,,false,Me,,ftp://example.org/x,\n"
    path.write_text(path.read_text() + "".join(line.format(at, 20 + at) for at in range(12)))
    refused = refusal(folder)
    assert refused.what == (
        "12 record(s) break the rule source_url:str_startswith (line 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …)"
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_missing_register_is_told(name: str, registers: Write) -> None:
    folder = registers()
    (folder / f"{name}.csv").unlink()
    refused = refusal(folder)
    assert refused.where == str(folder / f"{name}.csv")
    assert refused.what == "register cannot be read (No such file or directory)"


def test_an_empty_register_lacks_its_header(registers: Write) -> None:
    folder = registers()
    (folder / "definitions.csv").write_bytes(b"")
    assert refusal(folder).where == str(folder / "definitions.csv:1")


def test_a_register_in_another_encoding_is_told(registers: Write) -> None:
    folder = registers()
    path = folder / "regions.csv"
    path.write_bytes(path.read_text().replace("Badung", "Bàdung").encode("cp1252"))
    assert refusal(folder).what == "the register is not UTF-8"


def test_no_message_quotes_a_record(registers: Write) -> None:
    for name, old, new, _, _ in BROKEN.values():
        if name == "regions" and "header" not in old:
            refused = refusal(registers(**{name: (old, new)}))
            assert not any(word in str(refused) for word in ("Badung", "Denpasar", "Merauke", "2021-01-01"))


#: Rule of a register's model → the column's text in the last record that breaks it.
CHECKS: dict[str, dict[str, str]] = {
    "regions": {
        "region_code_bps:wrong_form": "950",
        "region_code_bps_previous:wrong_form": "94.01",
        "region_code_kemendagri:wrong_form": "9301",
        "region_code_kemendagri_previous:wrong_form": "9101",
        "kind:not_in_list": "distrik",
        "province_code_bps:wrong_form": "9x",
        "province_code_kemendagri:wrong_form": "9",
    },
    "definitions": {
        "definition_id:wrong_form": "Eligible-Workers",
        "role:not_in_list": "quotient",
        "headline_rank:too_small": "0",
    },
    "targets": {
        "region_code:wrong_form": "5",
        "year:too_small": "2014",
        "year:too_large": "2101",
        "target_pct:too_small": "0",
        "target_pct:too_large": "100.01",
        "target_people:too_small": "0",
        "source_url:str_startswith": "example.org",
    },
    "published_figures": {
        "claim_id:wrong_form": "Bali total",
        "region_code:wrong_form": "510",
        "level:not_in_list": "village",
        "measure:not_in_list": "happiness",
        "segment:not_in_list": "PBI",
        "participants_unit:too_small": "0",
        "denominator_unit:too_small": "0",
        "published_value:wrong_form": "50.88%",
        "published_target:wrong_form": "67,28",
        "source_url:str_startswith": "example.org",
    },
    "corrections": {
        "correction_id:wrong_form": "Badung March",
        "region_code:wrong_form": "51.03",
        "segment:not_in_list": "PBI",
        "justification:str_length": "typo",
        "authority:str_length": "KC",
    },
}

_PLAIN = {
    "str_matches": "wrong_form",
    "isin": "not_in_list",
    "greater_than": "too_small",
    "greater_than_or_equal_to": "too_small",
    "less_than_or_equal_to": "too_large",
}
RULES = [
    (entry.name, f"{name}:{_PLAIN.get(check.name, check.name)}")
    for entry in REFERENCE
    for name, column in entry.model.to_schema().columns.items()
    for check in column.checks
]
#: Rules that only an empty text breaks: an empty field is a missing value before it is a short one.
NEVER_BY_CSV = {
    ("regions", "name_official:str_length"),
    ("regions", "name_short:str_length"),
    ("targets", "target_id:str_length"),
}


def changed(text: str, column: str, value: str) -> str:
    """The register with another value in the last record."""
    header, *records = csv.reader(io.StringIO(text.lstrip("\n")))
    records[-1][header.index(column)] = value
    told = io.StringIO()
    csv.writer(told, lineterminator="\n").writerows([header, *records])
    return told.getvalue()


@pytest.mark.parametrize(("name", "rule"), sorted({*RULES} - NEVER_BY_CSV))
def test_each_rule_of_a_register_bites(name: str, rule: str, registers: Write) -> None:
    folder = registers()
    text = changed(SMALL[name], rule.split(":", maxsplit=1)[0], CHECKS[name][rule])
    (folder / f"{name}.csv").write_text(text)
    refused = refusal(folder)
    last = len(text.splitlines())
    assert refused.where.startswith(str(folder / f"{name}.csv:"))
    assert f"rule {rule} (line {last})" in refused.what


@pytest.fixture(scope="module")
def typed_registers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("registers")
    for name, text in SMALL.items():
        (folder / f"{name}.csv").write_text(text.lstrip("\n"))
    return load_registers(folder).frames()


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        pytest.param(entry, name, id=f"{entry.name}-{name}")
        for entry in REFERENCE
        for name, column in entry.model.to_schema().columns.items()
        if not column.nullable
    ],
)
def test_a_required_value_cannot_be_left_out(
    entry: TableEntry, column: str, typed_registers: dict[str, pl.DataFrame]
) -> None:
    frame = typed_registers[entry.name]
    last = pl.int_range(pl.len()) == frame.height - 1
    emptied = frame.with_columns(pl.when(~last).then(pl.col(column)).alias(column))
    assert broken_rules(entry.model.to_schema(), emptied)[f"{column}:missing"].to_list() == [
        *[False] * (frame.height - 1),
        True,
    ]


def test_registers_agree_with_the_frames_that_are_loaded() -> None:
    registers = load_registers()
    for entry in REFERENCE:
        assert registers.frames()[entry.name].schema == pl.Schema(entry.model.polars_schema())
