-- Biru's base is of December 2022: 25 months before January 2025.
-- finds: 2025-01-01 1102 | Biru, base of 2022-12-01
UPDATE staging.bases SET base_round = '2022-12-01' WHERE region_code = '1102';
