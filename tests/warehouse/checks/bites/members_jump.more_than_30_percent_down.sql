-- 500 to 349 is 30.2 percent down.
-- finds: 2025-02-01 1101 | Agung -151 members since 2025-01-31
UPDATE staging.membership_counts SET active_members = 349 WHERE file_id = 'feb';
