-- 50000 members, 500 workers: 10000.00 percent has no room in DECIMAL(6, 2).
-- finds: 2025-01-01 1102 | 50000 / 500
UPDATE staging.membership_counts SET active_members = 50000 WHERE region_code = '1102';
