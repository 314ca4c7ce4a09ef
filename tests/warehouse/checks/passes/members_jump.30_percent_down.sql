-- 500 to 350 is 30 percent.
UPDATE staging.membership_counts SET active_members = 350 WHERE file_id = 'feb';
