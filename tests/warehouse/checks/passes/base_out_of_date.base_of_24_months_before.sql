-- January 2023 is 24 months before January 2025: the border.
UPDATE staging.bases SET base_round = '2023-01-01' WHERE region_code = '1102';
