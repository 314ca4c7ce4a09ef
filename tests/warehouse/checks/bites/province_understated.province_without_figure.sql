-- Only one of two provinces has a figure.
-- damages: marts
-- finds: 2025-01-01 00 | 1 of 2
UPDATE marts.coverage_nationwide SET parts_with_data = 1 WHERE period = '2025-01-01';
