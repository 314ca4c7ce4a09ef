-- 100 of 500 is 20.00, published 20.01.
-- damages: marts
-- finds: 2025-01-01 1102 | coverage_pct 20.01
UPDATE marts.headline_coverage SET coverage_pct = 20.01
WHERE period = '2025-01-01' AND region_code = '1102';
