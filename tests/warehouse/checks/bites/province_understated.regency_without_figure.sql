-- Only two of three regencies have a figure.
-- damages: marts
-- finds: 2025-01-01 11 | 2 of 3
UPDATE marts.coverage_by_province SET parts_with_data = 2
WHERE period = '2025-01-01' AND province_code = '11';
