-- HMAC-SHA-256: DuckDB has none, so it is made of two sha256.
CREATE MACRO hmac(message) AS sha256(
    from_hex(getvariable('outer_pad')) || unhex(sha256(from_hex(getvariable('inner_pad')) || encode(message)))
);
CREATE TABLE places AS
WITH regencies AS (FROM read_csv('{side}/regions.csv', all_varchar = true) WHERE kind <> 'provinsi')
SELECT code, any_value(bps)::USMALLINT AS bps FROM (
    SELECT region_code_kemendagri AS code, region_code_bps AS bps FROM regencies
    WHERE region_code_kemendagri IS NOT NULL
    UNION ALL
    SELECT region_code_kemendagri_previous, region_code_bps FROM regencies
    WHERE region_code_kemendagri_previous NOT IN (
        SELECT region_code_kemendagri FROM regencies WHERE region_code_kemendagri IS NOT NULL)
) GROUP BY code;
CREATE TABLE typed AS
WITH received AS (
    SELECT *, strptime(split_part(split_part(filename, 'peserta_', 2), '_', 2), '%Y%m%d')::DATE AS as_of
    FROM read_csv('{landing}/peserta_*.csv', header = true, delim = ',', quote = '', all_varchar = true,
        auto_detect = false, filename = true, columns = {{
        'nik': 'VARCHAR', 'kpj': 'VARCHAR', 'npp': 'VARCHAR', 'segmen': 'VARCHAR', 'status': 'VARCHAR',
        'program': 'VARCHAR', 'tgl_mulai': 'VARCHAR', 'tgl_akhir': 'VARCHAR', 'iuran_terakhir': 'VARCHAR',
        'tgl_lahir': 'VARCHAR', 'jenis_kelamin': 'VARCHAR', 'wilayah_domisili': 'VARCHAR',
        'wilayah_kerja': 'VARCHAR', 'kantor_cabang': 'VARCHAR', 'upah': 'VARCHAR', 'sumber_iuran': 'VARCHAR',
        'rentan': 'VARCHAR', 'kbli': 'VARCHAR', 'diperbarui': 'VARCHAR'}})
)
SELECT received.*,
    CASE WHEN regexp_full_match(nik, '[0-9]{{16}}') THEN nik::UBIGINT END AS nik_number,
    string_split(program, '|') AS programs,
    try_strptime(tgl_mulai, '%Y-%m-%d')::DATE AS started, try_strptime(tgl_akhir, '%Y-%m-%d')::DATE AS ended,
    try_strptime(iuran_terakhir || '01', '%Y%m%d')::DATE AS paid,
    try_strptime(tgl_lahir, '%Y-%m-%d')::DATE AS born, residence.bps AS residence, workplace.bps AS workplace,
    try_cast(upah AS DOUBLE) AS wage, try_strptime(diperbarui, '%Y-%m-%d %H:%M:%S') AS updated,
    date_sub('year', try_strptime(tgl_lahir, '%Y-%m-%d')::DATE, as_of) AS age,
    (nik_number // 100000000) % 100 AS nik_day, (nik_number // 1000000) % 100 AS nik_month,
    (nik_number // 10000) % 100 AS nik_year,
    CASE WHEN nik_day > 40 THEN nik_day - 40 ELSE nik_day END AS birth_day
FROM received
LEFT JOIN places AS residence ON residence.code = wilayah_domisili
LEFT JOIN places AS workplace ON workplace.code = wilayah_kerja;
CREATE TABLE judged AS
SELECT typed.*, list_filter([
    CASE WHEN nik IS NULL THEN 'nik:missing' END,
    CASE WHEN nik_number IS NULL AND nik IS NOT NULL THEN 'nik:wrong_form' END,
    CASE WHEN nik_number IS NOT NULL AND nik_place.code IS NULL THEN 'nik:unknown_region' END,
    CASE WHEN NOT (nik_month BETWEEN 1 AND 12 AND birth_day BETWEEN 1 AND CASE
        WHEN nik_month = 2 THEN CASE WHEN nik_year % 4 = 0 THEN 29 ELSE 28 END
        WHEN nik_month IN (4, 6, 9, 11) THEN 30 ELSE 31 END) THEN 'nik:impossible_date' END,
    CASE WHEN nik_number % 10000 = 0 THEN 'nik:serial_zero' END,
    CASE WHEN kpj IS NULL THEN 'kpj:missing' END,
    CASE WHEN NOT regexp_full_match(kpj, '[0-9]{{11}}') THEN 'kpj:wrong_form' END,
    CASE WHEN NOT regexp_full_match(npp, '[0-9]{{8}}') THEN 'npp:wrong_form' END,
    CASE WHEN segmen IN ('PU', 'JAKON') AND npp IS NULL THEN 'npp:missing_for_segment' END,
    CASE WHEN segmen IN ('BPU', 'PMI') AND npp IS NOT NULL THEN 'npp:not_allowed_for_segment' END,
    CASE WHEN segmen IS NULL THEN 'segment:missing' END,
    CASE WHEN segmen NOT IN ('PU', 'BPU', 'JAKON', 'PMI') THEN 'segment:unknown' END,
    CASE WHEN status IS NULL THEN 'status:missing' END,
    CASE WHEN status NOT IN ('AKTIF', 'NONAKTIF') THEN 'status:unknown' END,
    CASE WHEN program IS NULL THEN 'programs:missing' END,
    CASE WHEN NOT list_has_all(['JKK', 'JKM', 'JHT', 'JP', 'JKP'], programs) THEN 'programs:unknown' END,
    CASE WHEN len(list_distinct(programs)) < len(programs) THEN 'programs:repeated' END,
    CASE WHEN NOT list_has_all(programs, ['JKK', 'JKM']) THEN 'programs:without_jkk_jkm' END,
    CASE WHEN (segmen IN ('BPU', 'PMI', 'JAKON') AND list_has_any(programs, ['JP', 'JKP']))
        OR (segmen = 'JAKON' AND list_contains(programs, 'JHT')) THEN 'programs:not_allowed_for_segment' END,
    CASE WHEN tgl_mulai IS NULL THEN 'start_date:missing' END,
    CASE WHEN tgl_mulai IS NOT NULL AND started IS NULL THEN 'start_date:unreadable' END,
    CASE WHEN started > as_of THEN 'start_date:after_as_of' END,
    CASE WHEN tgl_akhir IS NOT NULL AND ended IS NULL THEN 'end_date:unreadable' END,
    CASE WHEN ended < started THEN 'end_date:before_start' END,
    CASE WHEN status = 'NONAKTIF' AND tgl_akhir IS NULL THEN 'end_date:missing_for_status' END,
    CASE WHEN iuran_terakhir IS NOT NULL AND paid IS NULL THEN 'last_paid:unreadable' END,
    CASE WHEN paid > as_of THEN 'last_paid:after_as_of' END,
    CASE WHEN tgl_lahir IS NULL THEN 'birth_date:missing' END,
    CASE WHEN tgl_lahir IS NOT NULL AND born IS NULL THEN 'birth_date:unreadable' END,
    CASE WHEN age < 15 THEN 'birth_date:too_young' END,
    CASE WHEN age > 100 THEN 'birth_date:too_old' END,
    CASE WHEN jenis_kelamin IS NULL THEN 'sex:missing' END,
    CASE WHEN jenis_kelamin NOT IN ('L', 'P') THEN 'sex:unknown' END,
    CASE WHEN wilayah_domisili IS NULL THEN 'residence:missing' END,
    CASE WHEN wilayah_domisili IS NOT NULL AND residence IS NULL THEN 'residence:unreadable' END,
    CASE WHEN wilayah_kerja IS NOT NULL AND workplace IS NULL THEN 'workplace:unreadable' END,
    CASE WHEN kantor_cabang IS NULL THEN 'branch_office:missing' END,
    CASE WHEN upah IS NOT NULL AND wage IS NULL THEN 'wage:not_a_number' END,
    CASE WHEN wage < 0 THEN 'wage:negative' END,
    CASE WHEN segmen = 'PU' AND upah IS NULL THEN 'wage:missing_for_segment' END,
    CASE WHEN sumber_iuran IS NULL THEN 'funding:missing' END,
    CASE WHEN sumber_iuran NOT IN ('PEMBERI_KERJA', 'MANDIRI', 'APBN', 'APBD', 'DBH_SAWIT', 'DANA_DESA', 'CSR')
        THEN 'funding:unknown' END,
    CASE WHEN rentan IS NULL THEN 'is_vulnerable:missing' END,
    CASE WHEN rentan NOT IN ('Y', 'T') THEN 'is_vulnerable:unknown' END,
    CASE WHEN NOT regexp_full_match(kbli, '[0-9]{{5}}') THEN 'activity_code:wrong_form' END,
    CASE WHEN diperbarui IS NULL THEN 'updated_at:missing' END,
    CASE WHEN diperbarui IS NOT NULL AND updated IS NULL THEN 'updated_at:unreadable' END,
    CASE WHEN updated::DATE > as_of THEN 'updated_at:after_as_of' END
], lambda reason: reason IS NOT NULL) AS reasons,
    birth_day <> day(born) OR nik_month <> month(born) OR nik_year <> year(born) % 100 AS birth_disagrees,
    (nik_day > 40) <> (jenis_kelamin = 'P') AS sex_disagrees
FROM typed
LEFT JOIN places AS nik_place ON nik_place.code = nik[1:2] || '.' || nik[3:4];
DROP TABLE typed;
COPY (SELECT * EXCLUDE (birth_disagrees, sex_disagrees) FROM judged WHERE len(reasons) > 0)
    TO '{out}/rejected.parquet';
COPY (SELECT count(*) FROM judged WHERE len(reasons) > 0) TO '{out}/rejected.txt' (FORMAT csv, HEADER false);
CREATE TABLE staged AS
SELECT as_of, hmac(nik)[1:32] AS person, hmac(kpj)[1:16] AS membership,
    hash(npp, segmen, status, program, tgl_mulai, tgl_akhir, iuran_terakhir, tgl_lahir, jenis_kelamin,
        wilayah_domisili, wilayah_kerja, kantor_cabang, upah, sumber_iuran, rentan, kbli, diperbarui) AS content,
    hash(tgl_lahir, jenis_kelamin) AS identity, updated,
    status = 'AKTIF' AND started <= as_of AND (ended IS NULL OR ended > as_of) AS active,
    segmen AS segment, residence, workplace, jenis_kelamin AS sex,
    CASE WHEN age < 25 THEN '15-24' WHEN age < 35 THEN '25-34' WHEN age < 45 THEN '35-44'
        WHEN age < 55 THEN '45-54' WHEN age < 65 THEN '55-64' ELSE '65+' END AS age_group,
    sumber_iuran AS funding, rentan = 'Y' AS vulnerable, kantor_cabang AS office,
    birth_disagrees, sex_disagrees
FROM judged WHERE len(reasons) = 0;
DROP TABLE judged;
CREATE TABLE memberships AS
SELECT as_of, person, membership, arg_max(struct_pack(
        active, segment, residence, workplace, sex, age_group, funding, vulnerable, identity, updated), updated) AS kept,
    count(*) AS copies, count(DISTINCT content) AS contents
FROM staged GROUP BY as_of, person, membership;
CREATE TABLE active AS
SELECT as_of, person, membership, unnest(kept) FROM memberships WHERE kept.active;
CREATE TABLE persons AS
SELECT as_of, person, unnest(arg_max(struct_pack(residence, workplace, sex, age_group, funding, vulnerable), updated)),
    bool_or(segment = 'PU') AS has_pu, bool_or(segment = 'JAKON') AS has_jakon,
    bool_or(segment = 'PMI') AS has_pmi, bool_or(segment = 'BPU') AS has_bpu,
    CASE WHEN has_pu THEN 'PU' WHEN has_jakon THEN 'JAKON' WHEN has_pmi THEN 'PMI' ELSE 'BPU' END AS segment
FROM active GROUP BY as_of, person;
CREATE TABLE by_residence AS SELECT as_of, residence, segment, sex, age_group, funding, vulnerable, count(*) AS persons
FROM persons GROUP BY ALL;
CREATE TABLE by_workplace AS SELECT as_of, workplace, segment, sex, age_group, funding, vulnerable, count(*) AS persons
FROM persons GROUP BY ALL;
CREATE TABLE by_membership AS SELECT as_of, residence, segment, sex, age_group, funding, vulnerable, count(*) AS persons
FROM active GROUP BY ALL;
CREATE TABLE flows AS SELECT as_of, residence, workplace, count(*) AS persons FROM persons GROUP BY ALL;
CREATE TABLE overlap AS SELECT as_of, residence, has_pu, has_jakon, has_pmi, has_bpu, count(*) AS persons
FROM persons GROUP BY ALL;
CREATE TABLE offices AS
SELECT as_of, office, count(*) AS delivered, count_if(birth_disagrees) AS birth_disagrees,
    count_if(sex_disagrees) AS sex_disagrees
FROM staged GROUP BY ALL;
CREATE TABLE balance AS
SELECT (SELECT count(*) FROM staged) AS delivered, sum(copies - contents) AS duplicates,
    sum(contents - 1) AS superseded, count(*) AS memberships, (SELECT count(*) FROM active) AS active,
    (SELECT count(*) FROM persons) AS persons,
    (SELECT coalesce(sum(rows), 0) FROM (SELECT count(*) AS rows FROM memberships GROUP BY as_of, person
        HAVING count(DISTINCT kept.identity) > 1)) AS contradicting,
    (SELECT coalesce(sum(rows), 0) FROM (SELECT sum(copies) AS rows FROM memberships GROUP BY as_of, membership
        HAVING count(DISTINCT person) > 1)) AS shared,
    (SELECT sum(birth_disagrees) FROM offices) AS birth_disagrees,
    (SELECT sum(sex_disagrees) FROM offices) AS sex_disagrees
FROM memberships;
COPY (SELECT delivered AS rows, * EXCLUDE (delivered) FROM balance) TO '{out}/balance.csv' (HEADER);
CREATE TABLE answer AS
SELECT as_of, lpad(place::VARCHAR, 4, '0') AS regency, numerator, sum(persons)::BIGINT AS active_members FROM (
    SELECT as_of, residence AS place, 'workers_residence' AS numerator, persons FROM by_residence
    UNION ALL
    SELECT as_of, workplace, 'workers_workplace', persons FROM by_workplace WHERE workplace IS NOT NULL
    UNION ALL
    SELECT as_of, residence, 'workers_residence_pu_bpu', persons FROM overlap WHERE has_pu OR has_bpu
    UNION ALL
    SELECT as_of, residence, 'memberships_residence', persons FROM by_membership
) GROUP BY ALL;
COPY (FROM answer ORDER BY ALL) TO '{out}/answer.csv' (HEADER);
COPY (
    SELECT answer.*, round(active_members * 100.0 / workers, 2) AS coverage_pct
    FROM answer JOIN read_csv('{side}/base.csv', columns = {{'regency': 'VARCHAR', 'workers': 'BIGINT'}}) USING (regency)
) TO '{out}/coverage.csv' (HEADER);
