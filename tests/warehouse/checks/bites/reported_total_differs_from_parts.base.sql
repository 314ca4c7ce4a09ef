-- 1000 + 500 + 2500 = 4000, reported 4001.
-- finds: 2024-08-01 11 eligible_workers | reported 4001, parts 4000
UPDATE staging.bases SET workers = 4001 WHERE region_code = '11';
