-- en: How covered is each regency now? The newest month with a figure, one row per regency.
-- id: Berapa cakupan setiap kabupaten/kota saat ini? Bulan terbaru yang memiliki angka, satu baris per wilayah.
SELECT
    province_name, regency_code, regency_kind, regency_name, as_of, active_members, working_population, coverage_pct,
    rank_in_province, numerator_id, denominator_id, figure_status, obs_status, coverage_status, release_id
FROM marts.coverage_by_regency
WHERE coverage_pct IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY regency_code ORDER BY period DESC) = 1
ORDER BY regency_code
