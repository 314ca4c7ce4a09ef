-- 500 to 650 is 30 percent.
UPDATE staging.membership_counts SET active_members = 650 WHERE file_id = 'feb';
