"""The script a good engineer would write: Polars expressions from CSV to counts, one file after the other.

Arguments: landing folder, folder of side files (regions.csv, base.csv, key.txt), folder for the results.
It is written against the plain layout only and trusts that every line has nineteen fields.
"""

import sys
from datetime import date, datetime
from pathlib import Path

import polars as pl
import polars_hash as plh

landing, side, out = map(Path, sys.argv[1:4])
out.mkdir(parents=True, exist_ok=True)
KEY = (side / "key.txt").read_text(encoding="ascii").strip()

COLUMNS = ("nik kpj npp segmen status program tgl_mulai tgl_akhir iuran_terakhir tgl_lahir jenis_kelamin "
           "wilayah_domisili wilayah_kerja kantor_cabang upah sumber_iuran rentan kbli diperbarui").split()  # fmt: skip
SEGMENTS = ["PU", "BPU", "JAKON", "PMI"]
FUNDING = ["PEMBERI_KERJA", "MANDIRI", "APBN", "APBD", "DBH_SAWIT", "DANA_DESA", "CSR"]
regions = pl.read_csv(side / "regions.csv", infer_schema=False).filter(pl.col("kind") != "provinsi")
PLACES = {}
for column in ("region_code_kemendagri_previous", "region_code_kemendagri"):
    known = regions.filter(pl.col(column).is_not_null())
    PLACES |= dict(zip(known[column], known["region_code_bps"].cast(pl.Int64)))
NIK_REGIONS = [code.replace(".", "") for code in PLACES]


def typed(as_of: date) -> list[pl.Expr]:
    c = pl.col
    return [
        pl.when(c("nik").str.contains(r"^\d{16}$")).then(c("nik")).cast(pl.UInt64).alias("nik_number"),
        c("program").str.split("|").alias("programs"),
        c("tgl_mulai").str.to_date("%Y-%m-%d", strict=False).alias("start"),
        c("tgl_akhir").str.to_date("%Y-%m-%d", strict=False).alias("end"),
        (c("iuran_terakhir") + "01").str.to_date("%Y%m%d", strict=False).alias("paid"),
        c("tgl_lahir").str.to_date("%Y-%m-%d", strict=False).alias("born"),
        c("wilayah_domisili").replace_strict(PLACES, default=None, return_dtype=pl.UInt16).alias("residence"),
        c("wilayah_kerja").replace_strict(PLACES, default=None, return_dtype=pl.UInt16).alias("workplace"),
        c("upah").cast(pl.Float64, strict=False).alias("wage"),
        c("diperbarui").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms").alias("updated"),
        pl.lit(as_of).alias("as_of"),
    ]


def more() -> list[pl.Expr]:
    born, day, nik = pl.col("born"), pl.col("as_of"), pl.col("nik_number")
    after = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()) > (
        day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
    )
    nik_day = (nik // 100_000_000) % 100
    return [
        (day.dt.year() - born.dt.year() - after.cast(pl.Int32)).alias("age"),
        pl.when(nik_day > 40).then(nik_day - 40).otherwise(nik_day).alias("nik_day"),
        (nik_day > 40).alias("nik_woman"),
        ((nik // 1_000_000) % 100).alias("nik_month"),
        ((nik // 10_000) % 100).alias("nik_year"),
    ]


def rules() -> dict[str, pl.Expr]:
    """Reason → whether the row breaks it."""
    c = pl.col
    longest = (
        pl.when(c("nik_month") == 2)
        .then(28 + (c("nik_year") % 4 == 0).cast(pl.UInt64))
        .when(c("nik_month").is_in([4, 6, 9, 11]))
        .then(30)
        .otherwise(31)
    )
    employed = c("segmen").is_in(["PU", "JAKON"])
    many = c("programs")
    unread = {
        "start_date": ("tgl_mulai", "start"),
        "end_date": ("tgl_akhir", "end"),
        "last_paid": ("iuran_terakhir", "paid"),
        "birth_date": ("tgl_lahir", "born"),
        "wage": ("upah", "wage"),
        "updated_at": ("diperbarui", "updated"),
        "residence": ("wilayah_domisili", "residence"),
        "workplace": ("wilayah_kerja", "workplace"),
    }
    required = ["nik", "kpj", "segmen", "status", "program", "tgl_mulai", "tgl_lahir", "jenis_kelamin",
                "wilayah_domisili", "kantor_cabang", "sumber_iuran", "rentan", "diperbarui"]  # fmt: skip
    return {
        **{f"{name}:missing": c(name).is_null() for name in required},
        **{f"{name}:unreadable": c(raw).is_not_null() & c(read).is_null() for name, (raw, read) in unread.items()},
        "nik:wrong_form": c("nik").is_not_null() & c("nik_number").is_null(),
        "nik:unknown_region": c("nik_number").is_not_null() & ~c("nik").str.slice(0, 4).is_in(NIK_REGIONS),
        "nik:impossible_date": ~(c("nik_month").is_between(1, 12) & c("nik_day").is_between(1, longest)),
        "nik:serial_zero": c("nik_number") % 10_000 == 0,
        "kpj:wrong_form": ~c("kpj").str.contains(r"^\d{11}$"),
        "npp:wrong_form": ~c("npp").str.contains(r"^\d{8}$"),
        "npp:missing_for_segment": employed & c("npp").is_null(),
        "npp:not_allowed_for_segment": c("segmen").is_in(["BPU", "PMI"]) & c("npp").is_not_null(),
        "segment:unknown": ~c("segmen").is_in(SEGMENTS),
        "status:unknown": ~c("status").is_in(["AKTIF", "NONAKTIF"]),
        "programs:unknown": many.list.set_difference(["JKK", "JKM", "JHT", "JP", "JKP"]).list.len() > 0,
        "programs:repeated": many.list.n_unique() < many.list.len(),
        "programs:without_jkk_jkm": ~(many.list.contains("JKK") & many.list.contains("JKM")),
        "programs:not_allowed_for_segment": (
            (c("segmen").is_in(["BPU", "PMI", "JAKON"]) & (many.list.contains("JP") | many.list.contains("JKP")))
            | ((c("segmen") == "JAKON") & many.list.contains("JHT"))
        ),
        "start_date:after_as_of": c("start") > c("as_of"),
        "end_date:before_start": c("end") < c("start"),
        "end_date:missing_for_status": (c("status") == "NONAKTIF") & c("tgl_akhir").is_null(),
        "last_paid:after_as_of": c("paid") > c("as_of"),
        "birth_date:too_young": c("age") < 15,
        "birth_date:too_old": c("age") > 100,
        "sex:unknown": ~c("jenis_kelamin").is_in(["L", "P"]),
        "wage:negative": c("wage") < 0,
        "wage:missing_for_segment": (c("segmen") == "PU") & c("upah").is_null(),
        "funding:unknown": ~c("sumber_iuran").is_in(FUNDING),
        "is_vulnerable:unknown": ~c("rentan").is_in(["Y", "T"]),
        "activity_code:wrong_form": ~c("kbli").str.contains(r"^\d{5}$"),
        "updated_at:after_as_of": c("updated").dt.date() > c("as_of"),
    }  # fmt: skip


def warnings() -> dict[str, pl.Expr]:
    c = pl.col
    agrees = (c("nik_day") == c("born").dt.day()) & (c("nik_month") == c("born").dt.month()) & (
        c("nik_year") == c("born").dt.year() % 100
    )  # fmt: skip
    return {
        "birth_disagrees": ~agrees,
        "sex_disagrees": c("nik_woman") != (c("jenis_kelamin") == "P"),
    }


def hashed(name: str) -> pl.Expr:
    return plh.CryptographicHashingNameSpace(pl.col(name)).hmac_sha256(key=KEY)


AGES = ["15-24", "25-34", "35-44", "45-54", "55-64", "65+"]
AGE = (
    pl.when(pl.col("age") < 25).then(pl.lit("15-24"))
    .when(pl.col("age") < 35).then(pl.lit("25-34"))
    .when(pl.col("age") < 45).then(pl.lit("35-44"))
    .when(pl.col("age") < 55).then(pl.lit("45-54"))
    .when(pl.col("age") < 65).then(pl.lit("55-64"))
    .otherwise(pl.lit("65+"))
)  # fmt: skip


def stage(path: Path, at: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    as_of = datetime.strptime(path.name.split("_")[2], "%Y%m%d").date()
    text = pl.read_csv(path, schema=dict.fromkeys(COLUMNS, pl.String), quote_char=None)
    rows = text.with_row_index("line", 2).with_columns(typed(as_of)).with_columns(more())
    told = rules()
    flags = rows.select(expr.fill_null(False).alias(name) for name, expr in told.items())
    bad = flags.select(pl.any_horizontal(pl.all())).to_series()
    reasons = flags.filter(bad).select(
        pl.concat_list(pl.when(name).then(pl.lit(name)) for name in told).list.drop_nulls().alias("reasons")
    )
    rejected = rows.filter(bad).select(pl.lit(path.name).alias("file"), "line", *COLUMNS).hstack(reasons)
    good = rows.filter(~bad)
    warned = good.select(expr.fill_null(False).sum().alias(name) for name, expr in warnings().items())
    active = (
        (pl.col("status") == "AKTIF") & (pl.col("start") <= as_of)
        & (pl.col("end").is_null() | (pl.col("end") > as_of))
    )  # fmt: skip
    content = [name for name in COLUMNS if name not in ("nik", "kpj")]
    staged = good.select(
        "as_of",
        hashed("nik").str.slice(0, 32).alias("person"),
        hashed("kpj").str.slice(0, 16).alias("membership"),
        pl.struct(content).hash().alias("content"),
        pl.struct("tgl_lahir", "jenis_kelamin").hash().alias("identity"),
        "updated",
        active.alias("active"),
        pl.col("segmen").cast(pl.Enum(SEGMENTS)).alias("segment"),
        "residence",
        "workplace",
        pl.col("jenis_kelamin").cast(pl.Enum(["L", "P"])).alias("sex"),
        AGE.cast(pl.Enum(AGES)).alias("age_group"),
        pl.col("sumber_iuran").cast(pl.Enum(FUNDING)).alias("funding"),
        (pl.col("rentan") == "Y").alias("vulnerable"),
        pl.col("kantor_cabang").alias("office"),
        pl.lit(at, pl.UInt16).alias("file"),
        "line",
    )
    staged.write_parquet(out / f"staged-{at:05}.parquet", compression="lz4")
    return rejected, warned


def count(rows: pl.DataFrame, warned: pl.DataFrame) -> None:
    """Duplicates and superseded, one person one row, the count tables, coverage."""
    key = ["as_of", "person", "membership"]
    ordered = rows.filter(pl.struct(key).is_duplicated()).sort(
        *key, "updated", descending=[False] * 3 + [True]
    )
    kept = ordered.unique(key, keep="first", maintain_order=True)
    distinct = ordered.unique([*key, "content"], keep="first").height
    duplicates, superseded = ordered.height - distinct, distinct - kept.height
    memberships = pl.concat([rows.filter(~pl.struct(key).is_duplicated()), kept])
    odd = (
        memberships.group_by("as_of", "person")
        .agg(pl.col("identity").n_unique(), pl.len())
        .filter(pl.col("identity") > 1)
    )
    shared = (
        rows.group_by("as_of", "membership")
        .agg(pl.col("person").n_unique(), pl.len())
        .filter(pl.col("person") > 1)
    )
    active = memberships.filter("active")
    held = {name: (pl.col("segment") == name).any().alias(f"has_{name}") for name in SEGMENTS}
    several = active.filter(pl.struct("as_of", "person").is_duplicated())
    single = active.filter(~pl.struct("as_of", "person").is_duplicated())
    described = ["residence", "workplace", "sex", "age_group", "funding", "vulnerable"]
    persons = pl.concat([
        single.select("as_of", "person", *described, *[(pl.col("segment") == n).alias(f"has_{n}") for n in SEGMENTS]),
        several.sort("updated", descending=True).group_by("as_of", "person", maintain_order=True)
        .agg(*(pl.col(name).first() for name in described), *held.values()),
    ]).with_columns(
        pl.coalesce(pl.when(f"has_{n}").then(pl.lit(n)) for n in ("PU", "JAKON", "PMI", "BPU")).alias("segment")
    )  # fmt: skip
    by = ["segment", "sex", "age_group", "funding", "vulnerable"]
    persons.group_by("as_of", "residence", *by).len("persons").write_parquet(out / "residence.parquet")
    persons.group_by("as_of", "workplace", *by).len("persons").write_parquet(out / "workplace.parquet")
    active.group_by("as_of", "residence", *by).len("persons").write_parquet(out / "membership.parquet")
    persons.group_by("as_of", "residence", "workplace").len("persons").write_parquet(out / "flows.parquet")
    persons.group_by("as_of", "residence", *(f"has_{n}" for n in SEGMENTS)).len("persons").write_parquet(
        out / "overlap.parquet"
    )
    rows.group_by("as_of", "office").len("rows").write_parquet(out / "offices.parquet")
    pl.DataFrame({"rows": [rows.height], "duplicates": [duplicates], "superseded": [superseded], "memberships":
                  [memberships.height], "active": [active.height], "persons": [persons.height],
                  "contradicting": [odd["len"].sum()], "shared": [shared["len"].sum()]}).hstack(warned).write_csv(out / "balance.csv")  # fmt: skip
    numerators = {
        "workers_residence": (persons, "residence"),
        "workers_workplace": (persons.filter(pl.col("workplace").is_not_null()), "workplace"),
        "workers_residence_pu_bpu": (persons.filter(pl.col("has_PU") | pl.col("has_BPU")), "residence"),
        "memberships_residence": (active, "residence"),
    }
    answer = pl.concat(
        frame.group_by("as_of", pl.col(place).alias("regency")).len("active_members")
        .select("as_of", pl.col("regency").cast(pl.String).str.zfill(4), pl.lit(name).alias("numerator"), "active_members")
        for name, (frame, place) in numerators.items()
    ).sort("as_of", "regency", "numerator")  # fmt: skip
    answer.write_csv(out / "answer.csv")
    base = pl.read_csv(side / "base.csv", schema={"regency": pl.String, "workers": pl.Int64})
    answer.join(base, on="regency").with_columns(
        (pl.col("active_members") * 100 / pl.col("workers")).round(2).alias("coverage_pct")
    ).write_csv(out / "coverage.csv")


files = sorted(landing.glob("peserta_*.csv"))
done = [stage(path, at) for at, path in enumerate(files)]
rejected = pl.concat(frame for frame, _ in done)
warned = pl.concat(frame for _, frame in done).sum()
rejected.write_parquet(out / "rejected.parquet")
(out / "rejected.txt").write_text(str(rejected.height), encoding="ascii")
count(pl.concat(pl.read_parquet(path) for path in sorted(out.glob("staged-*.parquet"))), warned)
