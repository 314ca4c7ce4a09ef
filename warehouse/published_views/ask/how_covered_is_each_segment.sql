-- en: How covered are wage earners (PU) and the self-employed (BPU)? Rows without a base of their own: no percent.
-- id: Berapa cakupan PU dan BPU? Baris tanpa penyebut sendiri tidak memiliki persentase.
SELECT
    region_code, region_name, region_level, as_of, segment, active_members, working_population, coverage_pct,
    numerator_id, denominator_id, release_id
FROM marts.coverage_by_segment
ORDER BY region_code, as_of, segment, numerator_id
