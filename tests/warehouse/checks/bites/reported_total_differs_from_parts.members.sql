-- 500 + 100 + 400 = 1000, reported 1001.
-- finds: 2025-01-31 11 TOTAL | reported 1001, parts 1000
UPDATE staging.membership_counts SET active_members = 1001 WHERE region_code = '11';
