-- en: Which figures are above 100 percent? Published as they are: members may live elsewhere than they work.
-- id: Angka mana di atas 100 persen? Diterbitkan apa adanya: peserta dapat tinggal di luar tempat kerjanya.
SELECT
    regency_code AS region_code, regency_name AS region_name, as_of, active_members, working_population, coverage_pct,
    numerator_id, denominator_id, release_id
FROM marts.coverage_by_regency
WHERE coverage_pct > 100
UNION ALL
SELECT
    province_code, province_name, as_of, active_members, working_population, coverage_pct,
    numerator_id, denominator_id, release_id
FROM marts.coverage_by_province
WHERE coverage_pct > 100
ORDER BY as_of, region_code
