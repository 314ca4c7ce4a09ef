-- Nobody knows what the base is.
-- damages: marts
-- finds: 2025-01-01 1102 | coverage_pct 20.00
UPDATE marts.headline_coverage SET denominator_id = NULL
WHERE period = '2025-01-01' AND region_code = '1102';
