-- Biru's base stands twice in one file.
-- finds: 2024-08-01 1102 eligible_workers | base.csv, base.csv
INSERT INTO staging.bases SELECT * REPLACE (7 AS line) FROM staging.bases WHERE region_code = '1102';
