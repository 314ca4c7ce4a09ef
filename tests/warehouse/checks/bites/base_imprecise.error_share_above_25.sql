-- An error share of 25.1 percent.
-- finds: 2024-08-01 1101 | RSE 25.1
UPDATE staging.bases SET rse_pct = 25.1 WHERE region_code = '1101';
