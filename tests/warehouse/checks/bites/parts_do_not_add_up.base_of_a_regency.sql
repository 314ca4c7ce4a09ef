-- Biru's base becomes 502: the sum is 4002, the province stays 4000.
-- damages: marts
-- finds: 2025-01-01 11 | members 0, base -2 apart
UPDATE marts.coverage_by_regency SET working_population = 502 WHERE regency_code = '1102';
