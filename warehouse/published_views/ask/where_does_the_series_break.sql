-- en: Where does the series break, so that figures before and after must not be compared?
-- id: Di mana deret terputus, sehingga angka sebelum dan sesudahnya tidak boleh dibandingkan?
SELECT
    regency_code AS region_code, regency_name AS region_name, as_of, active_members, working_population, coverage_pct,
    numerator_id, denominator_id, release_id
FROM marts.coverage_by_regency
WHERE obs_status = 'B'
UNION ALL
SELECT
    province_code, province_name, as_of, active_members, working_population, coverage_pct,
    numerator_id, denominator_id, release_id
FROM marts.coverage_by_province
WHERE obs_status = 'B'
ORDER BY region_code, as_of
