-- The newest of two days counts; the older one is no second report.
INSERT INTO staging.membership_counts SELECT * REPLACE ('2025-01-30'::DATE AS as_of)
FROM staging.membership_counts
WHERE file_id = 'jan' AND region_code = '1102';
