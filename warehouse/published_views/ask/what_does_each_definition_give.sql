-- en: What does each definition give for the same region and month? Never add them: the people are the same.
-- id: Berapa hasil setiap definisi untuk wilayah dan bulan yang sama? Jangan dijumlahkan: orangnya sama.
SELECT
    region_code, region_name, region_level, as_of, numerator_id, denominator_id, active_members, working_population,
    coverage_pct, base_round, rse_pct, release_id
FROM marts.coverage_by_definition
ORDER BY region_code, as_of, numerator_id, denominator_id
