-- 500 to 651 is 30.2 percent up.
-- finds: 2025-02-01 1101 | Agung 151 members since 2025-01-31
UPDATE staging.membership_counts SET active_members = 651 WHERE file_id = 'feb';
