-- en: How covered is each province now? The newest month with a figure, one row per province.
-- id: Berapa cakupan setiap provinsi saat ini? Bulan terbaru yang memiliki angka, satu baris per provinsi.
SELECT
    province_code, province_name, as_of, active_members, working_population, coverage_pct, target_pct, gap_points,
    members_needed, numerator_id, denominator_id, figure_status, obs_status, coverage_status, release_id
FROM marts.coverage_by_province
WHERE coverage_pct IS NOT NULL
-- Months differ between provinces: as_of stands in every row.
QUALIFY row_number() OVER (PARTITION BY province_code ORDER BY period DESC) = 1
ORDER BY province_code
