-- 501 members, 500 workers.
-- finds: 2025-01-01 1102 | Biru 100.20
UPDATE staging.membership_counts SET active_members = 501 WHERE region_code = '1102';
