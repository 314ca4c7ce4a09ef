-- 500 in PU, 500 in total.
UPDATE staging.membership_counts SET active_members = 500
WHERE region_code = '1101' AND segment = 'PU';
