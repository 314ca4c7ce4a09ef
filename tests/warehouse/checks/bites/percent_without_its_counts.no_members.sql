-- The numerator is gone.
-- damages: marts
-- finds: 2025-01-01 1102 | coverage_pct 20.00
UPDATE marts.headline_coverage SET active_members = NULL
WHERE period = '2025-01-01' AND region_code = '1102';
