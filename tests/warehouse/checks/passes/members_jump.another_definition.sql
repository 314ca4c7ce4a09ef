-- 50 + 50 in PU and BPU after 500 persons: another definition, no jump.
UPDATE staging.membership_counts SET segment = 'PU', active_members = 50 WHERE file_id = 'feb';
INSERT INTO staging.membership_counts
SELECT * REPLACE ('BPU' AS segment) FROM staging.membership_counts WHERE file_id = 'feb';
