-- 25.0 percent is the border and passes.
UPDATE staging.bases SET rse_pct = 25.0 WHERE region_code = '1101';
