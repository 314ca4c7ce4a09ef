-- Damai has no row in February.
-- damages: marts
-- finds: 2025-02-01 1201 | 0 rows instead of 1
DELETE FROM marts.coverage_by_regency WHERE period = '2025-02-01' AND regency_code = '1201';
