-- en: Which regency is highest and which is lowest in each province and month? Equal values share the place.
-- id: Kabupaten/kota mana tertinggi dan terendah di setiap provinsi dan bulan? Nilai yang sama berbagi tempat.
SELECT
    province_code, province_name, period, max(as_of) AS as_of, numerator_id, denominator_id,
    string_agg(regency_name, ', ' ORDER BY regency_code) FILTER (WHERE coverage_pct = highest_pct) AS highest_regencies,
    max(coverage_pct) AS highest_pct,
    string_agg(regency_name, ', ' ORDER BY regency_code) FILTER (WHERE coverage_pct = lowest_pct) AS lowest_regencies,
    min(coverage_pct) AS lowest_pct,
    count(*) AS regencies_compared,
    any_value(release_id) AS release_id
FROM (
    SELECT
        *,
        -- Only figures of one definition are compared, as in rank_in_province.
        max(coverage_pct) OVER same_definition AS highest_pct,
        min(coverage_pct) OVER same_definition AS lowest_pct
    FROM marts.coverage_by_regency
    WHERE coverage_pct IS NOT NULL
    WINDOW same_definition AS (PARTITION BY period, province_code, numerator_id, denominator_id)
) AS compared
GROUP BY province_code, province_name, period, numerator_id, denominator_id
-- One regency alone is neither the highest nor the lowest of anything.
HAVING count(*) > 1
ORDER BY period, province_code
