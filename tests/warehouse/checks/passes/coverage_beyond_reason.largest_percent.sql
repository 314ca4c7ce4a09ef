-- 49999 of 500 is 9999.80 percent: beyond belief, but printable; coverage_above_100 tells it.
UPDATE staging.membership_counts SET active_members = 49999 WHERE region_code = '1102';
