-- 500 of 500 is 100 percent.
UPDATE staging.membership_counts SET active_members = 500 WHERE region_code = '1102';
