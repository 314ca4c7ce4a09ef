-- 500 + 100 + 400 = 1000, published 1001.
-- damages: marts
-- finds: 2025-01-01 11 | members 1, base 0 apart
UPDATE marts.coverage_by_province SET active_members = 1001
WHERE period = '2025-01-01' AND province_code = '11';
