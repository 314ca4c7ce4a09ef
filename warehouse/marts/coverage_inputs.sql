-- What stands behind each headline figure: files, survey round, vintage.
SELECT
    period, as_of, region_code, region_name, region_level, members_source, members_file, base_round,
    base_vintage, base_file, rse_pct
FROM marts.headline_coverage
WHERE coverage_pct IS NOT NULL
