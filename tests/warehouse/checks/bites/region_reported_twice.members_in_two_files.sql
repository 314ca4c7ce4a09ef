-- Biru's members stand in a second file of the same day.
-- finds: 2025-01-31 1102 TOTAL workers_residence | jan-12.csv, jan.csv
INSERT INTO staging.membership_counts SELECT * REPLACE ('jan-12' AS file_id)
FROM staging.membership_counts
WHERE file_id = 'jan' AND region_code = '1102';
