-- Damai has two rows in February.
-- damages: marts
-- finds: 2025-02-01 1201 | 2 rows instead of 1
INSERT INTO marts.coverage_by_regency FROM marts.coverage_by_regency
WHERE period = '2025-02-01' AND regency_code = '1201';
