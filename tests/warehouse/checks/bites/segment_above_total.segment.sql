-- 501 in PU, 500 in total.
-- finds: 2025-01-31 1101 PU | 501 of 500
UPDATE staging.membership_counts SET active_members = 501
WHERE region_code = '1101' AND segment = 'PU';
