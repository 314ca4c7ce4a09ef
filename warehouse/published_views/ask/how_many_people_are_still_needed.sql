-- en: How many people are still needed, for each target statement of the newest figure of a region?
-- id: Berapa orang lagi yang dibutuhkan, menurut setiap pernyataan target, pada angka terbaru suatu wilayah?
SELECT
    region_code, region_name, region_level, as_of, target_year, target_id, set_by, is_current, coverage_pct, target_pct,
    gap_points, members_needed, active_members, working_population, release_id
FROM marts.target_gap
QUALIFY rank() OVER (PARTITION BY region_code ORDER BY period DESC) = 1
ORDER BY region_code, target_id
