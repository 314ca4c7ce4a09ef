-- The target that a region is measured against in a year: its own current one, else that of its province.
WITH stated AS (
    SELECT region_code, year AS target_year, target_id, target_pct, numerator_id, denominator_id
    FROM reference.targets
    WHERE is_current AND target_pct IS NOT NULL AND numerator_id IS NOT NULL
)
SELECT
    regions.region_code_bps AS region_code, stated.target_year, stated.numerator_id, stated.denominator_id,
    stated.target_id, stated.target_pct
FROM reference.regions AS regions
JOIN stated ON stated.region_code IN (regions.region_code_bps, regions.province_code_bps)
QUALIFY row_number() OVER (
    PARTITION BY regions.region_code_bps, target_year, numerator_id, denominator_id
    ORDER BY (stated.region_code = regions.region_code_bps) DESC
) = 1
UNION ALL
SELECT region_code, target_year, numerator_id, denominator_id, target_id, target_pct
FROM stated WHERE region_code = '00'
