-- 301 + 150 + 40 + 10 = 501, total 500.
-- finds: 2025-01-31 1101 | total 500, segments 501
UPDATE staging.membership_counts SET active_members = 301
WHERE region_code = '1101' AND segment = 'PU';
