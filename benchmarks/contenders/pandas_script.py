"""The same work with pandas and a Pandera model, file after file.

Arguments: landing folder, folder of side files (regions.csv, base.csv, key.txt), folder for the results.
"""

import hashlib
import hmac
import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

landing, side, out = map(Path, sys.argv[1:4])
out.mkdir(parents=True, exist_ok=True)
KEY = (side / "key.txt").read_text(encoding="ascii").strip().encode()
KEYED = hmac.new(KEY, digestmod=hashlib.sha256)
regions = pd.read_csv(side / "regions.csv", dtype=str)
regions = regions[regions.kind != "provinsi"]
PLACES: dict[str, int] = {}
for column in ("region_code_kemendagri_previous", "region_code_kemendagri"):
    known = regions[regions[column].notna()]
    PLACES.update(zip(known[column], known.region_code_bps.astype(int), strict=True))
NIK_REGIONS = {code.replace(".", "") for code in PLACES}
SEGMENTS = ["PU", "BPU", "JAKON", "PMI"]
FUNDING = ["PEMBERI_KERJA", "MANDIRI", "APBN", "APBD", "DBH_SAWIT", "DANA_DESA", "CSR"]
EMPLOYED = ["PU", "JAKON"]


def rule(name, holds):
    """A check over the frame; a missing value is another rule's business."""
    return pa.Check(holds, name=name, ignore_na=False)


def holds_or_null(broken):
    return lambda rows: ~broken(rows).fillna(value=False).astype(bool)


def leap_date(rows):
    longest = rows.nik_month.map({2: 28, 4: 30, 6: 30, 9: 30, 11: 30}).fillna(31)
    longest += ((rows.nik_month == 2) & (rows.nik_year % 4 == 0)).fillna(value=False).astype(int)
    return rows.nik_number.notna() & ~(
        rows.nik_month.between(1, 12) & (rows.nik_birth_day >= 1) & (rows.nik_birth_day <= longest)
    )


def text(required=True, form=None, words=None):
    checks = [pa.Check.str_matches(form)] if form else []
    checks += [pa.Check.isin(words)] if words else []
    return pa.Column("string", checks, nullable=not required)


def read(raw, value):
    return rule(f"{raw}:unreadable", holds_or_null(lambda rows: rows[raw].notna() & rows[value].isna()))


def told(failure):
    """Index and reason of every broken rule; a rule that could not be judged ends the script."""
    cases = failure.failure_cases
    if cases["index"].isna().any():
        raise SystemExit(
            f"rules were not judged: {sorted(set(cases[cases['index'].isna()].check.astype(str)))}"
        )
    # A rule over the frame is told once for every column of it; its name says which one is meant.
    named = cases.check.astype(str)
    whole = cases.schema_context == "DataFrameSchema"
    return pd.DataFrame(
        {"index": cases["index"], "reason": named.where(whole, cases.column.astype(str) + ":" + named)}
    ).drop_duplicates()


SCHEMA = pa.DataFrameSchema(
    {
        "nik": text(form=r"^\d{16}$"), "kpj": text(form=r"^\d{11}$"), "npp": text(False, r"^\d{8}$"),
        "segmen": text(words=SEGMENTS), "status": text(words=["AKTIF", "NONAKTIF"]), "program": text(),
        "tgl_mulai": text(), "tgl_lahir": text(), "jenis_kelamin": text(words=["L", "P"]),
        "wilayah_domisili": text(), "kantor_cabang": text(), "sumber_iuran": text(words=FUNDING),
        "rentan": text(words=["Y", "T"]), "kbli": text(False, r"^\d{5}$"), "diperbarui": text(),
    },
    checks=[
        *(read(raw, value) for raw, value in {
            "tgl_mulai": "start", "tgl_akhir": "end", "iuran_terakhir": "paid", "tgl_lahir": "born",
            "upah": "wage", "diperbarui": "updated", "wilayah_domisili": "residence",
            "wilayah_kerja": "workplace"}.items()),
        rule("nik:unknown_region", holds_or_null(
            lambda rows: rows.nik_number.notna() & ~rows.nik.str[:4].isin(NIK_REGIONS))),
        rule("nik:impossible_date", holds_or_null(leap_date)),
        rule("nik:serial_zero", holds_or_null(lambda rows: rows.nik_number % 10_000 == 0)),
        rule("npp:missing_for_segment", holds_or_null(lambda rows: rows.segmen.isin(EMPLOYED) & rows.npp.isna())),
        rule("npp:not_allowed", holds_or_null(lambda rows: rows.segmen.isin(["BPU", "PMI"]) & rows.npp.notna())),
        rule("programs:unknown", lambda rows: rows.program_state.isna() | (rows.program_state != "unknown")),
        rule("programs:repeated", lambda rows: rows.program_state.isna() | (rows.program_state != "repeated")),
        rule("programs:without_jkk_jkm", lambda rows: rows.program_state.isna() | (rows.program_state != "lacking")),
        rule("programs:not_allowed", lambda rows: ~(
            (rows.segmen.isin(["BPU", "PMI", "JAKON"]) & rows.program_jp)
            | ((rows.segmen == "JAKON").fillna(value=False) & rows.program_jht))),
        rule("start_date:after_as_of", lambda rows: ~(rows.start > rows.as_of)),
        rule("end_date:before_start", lambda rows: ~(rows.end < rows.start)),
        rule("end_date:missing", holds_or_null(lambda rows: (rows.status == "NONAKTIF") & rows.tgl_akhir.isna())),
        rule("last_paid:after_as_of", lambda rows: ~(rows.paid > rows.as_of)),
        rule("birth_date:too_young", lambda rows: ~(rows.age < 15)),
        rule("birth_date:too_old", lambda rows: ~(rows.age > 100)),
        rule("wage:negative", holds_or_null(lambda rows: rows.wage < 0)),
        rule("wage:missing", holds_or_null(lambda rows: (rows.segmen == "PU") & rows.upah.isna())),
        rule("updated_at:after_as_of", lambda rows: ~(rows.updated.dt.normalize() > rows.as_of)),
    ],
)  # fmt: skip


def program_state(joined):
    names = joined.split("|")
    if not set(names) <= {"JKK", "JKM", "JHT", "JP", "JKP"}:
        return "unknown"
    if len(set(names)) < len(names):
        return "repeated"
    return "fine" if {"JKK", "JKM"} <= set(names) else "lacking"


def typed(rows, as_of):
    rows["as_of"] = as_of
    rows["nik_number"] = pd.to_numeric(rows.nik.where(rows.nik.str.fullmatch(r"\d{16}").fillna(value=False)))
    rows["start"] = pd.to_datetime(rows.tgl_mulai, format="%Y-%m-%d", errors="coerce")
    rows["end"] = pd.to_datetime(rows.tgl_akhir, format="%Y-%m-%d", errors="coerce")
    rows["paid"] = pd.to_datetime(rows.iuran_terakhir, format="%Y%m", errors="coerce")
    rows["born"] = pd.to_datetime(rows.tgl_lahir, format="%Y-%m-%d", errors="coerce")
    rows["updated"] = pd.to_datetime(rows.diperbarui, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    rows["residence"] = rows.wilayah_domisili.map(PLACES)
    rows["workplace"] = rows.wilayah_kerja.map(PLACES)
    rows["wage"] = pd.to_numeric(rows.upah, errors="coerce")
    later = rows.born.dt.month * 100 + rows.born.dt.day > as_of.month * 100 + as_of.day
    rows["age"] = as_of.year - rows.born.dt.year - later.astype(int)
    nik = rows.nik_number
    nik_day = nik // 100_000_000 % 100
    rows["nik_woman"] = nik_day > 40
    rows["nik_birth_day"] = nik_day.where(~(nik_day > 40).fillna(value=False), nik_day - 40)
    rows["nik_month"], rows["nik_year"] = nik // 1_000_000 % 100, nik // 10_000 % 100
    combinations = rows.program.dropna().unique()
    rows["program_state"] = rows.program.map({name: program_state(name) for name in combinations})
    rows["program_jp"] = rows.program.map({n: bool({"JP", "JKP"} & set(n.split("|"))) for n in combinations}).fillna(value=False).astype(bool)  # fmt: skip
    rows["program_jht"] = rows.program.map({n: "JHT" in n.split("|") for n in combinations}).fillna(value=False).astype(bool)  # fmt: skip
    return rows


def pseudonym(value):
    state = KEYED.copy()
    state.update(value.encode())
    return state.hexdigest()


def stage(path, at):
    as_of = pd.Timestamp(path.name.split("_")[2])
    rows = typed(pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""], quoting=3), as_of)
    received = rows.columns[:19]
    try:
        SCHEMA.validate(rows, lazy=True)
        broken = pd.DataFrame({"index": [], "reason": []})
    except SchemaErrors as failure:
        broken = told(failure)
    reasons = broken.groupby("index")["reason"].agg(list)
    bad = rows.index.isin(reasons.index)
    rejected = rows.loc[bad, received].assign(file=path.name, line=rows.index[bad] + 2)
    rejected["reasons"] = reasons.reindex(rejected.index)
    good = rows[~bad]
    sex_disagrees = good.nik_woman != (good.jenis_kelamin == "P")
    birth_disagrees = (
        (good.nik_birth_day != good.born.dt.day) | (good.nik_month != good.born.dt.month)
        | (good.nik_year != good.born.dt.year % 100)
    )  # fmt: skip
    staged = pd.DataFrame({
        "as_of": as_of, "person": good.nik.map(pseudonym).str[:32], "membership": good.kpj.map(pseudonym).str[:16],
        "content": pd.util.hash_pandas_object(good[[n for n in received if n not in ("nik", "kpj")]], index=False),
        "identity": pd.util.hash_pandas_object(good[["tgl_lahir", "jenis_kelamin"]], index=False),
        "updated": good.updated,
        "active": (good.status == "AKTIF") & (good.start <= as_of) & (good.end.isna() | (good.end > as_of)),
        "segment": good.segmen, "residence": good.residence, "workplace": good.workplace, "sex": good.jenis_kelamin,
        "age_group": pd.cut(good.age, [0, 24, 34, 44, 54, 64, 200]).astype(str), "funding": good.sumber_iuran,
        "vulnerable": good.rentan == "Y", "office": good.kantor_cabang,
        "birth_disagrees": birth_disagrees, "sex_disagrees": sex_disagrees,
    })  # fmt: skip
    staged.to_parquet(out / f"staged-{at:05}.parquet")
    return rejected


files = sorted(landing.glob("peserta_*.csv"))
rejected = pd.concat([stage(path, at) for at, path in enumerate(files)])
rejected.to_parquet(out / "rejected.parquet")
(out / "rejected.txt").write_text(str(len(rejected)), encoding="ascii")
rows = pd.concat([pd.read_parquet(path) for path in sorted(out.glob("staged-*.parquet"))], ignore_index=True)
key = ["as_of", "person", "membership"]
doubled = rows.duplicated(key, keep=False)
ordered = rows[doubled].sort_values("updated", ascending=False)
kept = ordered.drop_duplicates(key)
distinct = len(ordered.drop_duplicates([*key, "content"]))
memberships = pd.concat([rows[~doubled], kept])
several_ids = (
    memberships[memberships.duplicated(["as_of", "person"], keep=False)]
    .groupby(["as_of", "person"])
    .identity.agg(["nunique", "size"])
)
several_niks = (
    rows[rows.duplicated(["as_of", "membership"], keep=False)]
    .groupby(["as_of", "membership"])
    .person.agg(["nunique", "size"])
)
active = memberships[memberships.active.astype(bool)]
persons = active.sort_values("updated", ascending=False).drop_duplicates(["as_of", "person"])
persons = persons.set_index(["as_of", "person"])
for name in SEGMENTS:
    held = active[active.segment == name].groupby(["as_of", "person"]).size()
    persons[f"has_{name}"] = persons.index.isin(held.index)
for name in ("BPU", "PMI", "JAKON", "PU"):
    persons.loc[persons[f"has_{name}"], "segment"] = name
persons = persons.reset_index()
by = ["segment", "sex", "age_group", "funding", "vulnerable"]
for name, frame, place in (("residence", persons, "residence"), ("workplace", persons, "workplace"),
                           ("membership", active, "residence")):  # fmt: skip
    frame.groupby(["as_of", place, *by], dropna=False, observed=True).size().rename(
        "persons"
    ).reset_index().to_parquet(out / f"{name}.parquet")
persons.groupby(["as_of", "residence", "workplace"], dropna=False).size().rename(
    "persons"
).reset_index().to_parquet(out / "flows.parquet")
persons.groupby(["as_of", "residence", *(f"has_{n}" for n in SEGMENTS)]).size().rename(
    "persons"
).reset_index().to_parquet(out / "overlap.parquet")
rows.groupby(["as_of", "office"]).agg(
    rows=("person", "size"),
    birth_disagrees=("birth_disagrees", "sum"),
    sex_disagrees=("sex_disagrees", "sum"),
).reset_index().to_parquet(out / "offices.parquet")
pd.DataFrame([{
    "rows": len(rows), "duplicates": len(ordered) - distinct, "superseded": distinct - len(kept),
    "memberships": len(memberships), "active": len(active), "persons": len(persons),
    "contradicting": int(several_ids["size"][several_ids["nunique"] > 1].sum()),
    "shared": int(several_niks["size"][several_niks["nunique"] > 1].sum()),
    "birth_disagrees": int(rows.birth_disagrees.sum()), "sex_disagrees": int(rows.sex_disagrees.sum()),
}]).to_csv(out / "balance.csv", index=False)  # fmt: skip
numerators = {
    "workers_residence": (persons, "residence"), "workers_workplace": (persons, "workplace"),
    "workers_residence_pu_bpu": (persons[persons.has_PU | persons.has_BPU], "residence"),
    "memberships_residence": (active, "residence"),
}  # fmt: skip
answer = pd.concat([
    frame.groupby(["as_of", place]).size().rename("active_members").reset_index()
    .rename(columns={place: "regency"}).assign(numerator=name) for name, (frame, place) in numerators.items()
])  # fmt: skip
answer["regency"] = answer.regency.astype(int).astype(str).str.zfill(4)
answer = answer[["as_of", "regency", "numerator", "active_members"]].sort_values(
    ["as_of", "regency", "numerator"]
)
answer.to_csv(out / "answer.csv", index=False)
base = pd.read_csv(side / "base.csv", dtype={"regency": str})
answer.merge(base, on="regency").assign(
    coverage_pct=lambda f: (f.active_members * 100 / f.workers).round(2)
).to_csv(out / "coverage.csv", index=False)
