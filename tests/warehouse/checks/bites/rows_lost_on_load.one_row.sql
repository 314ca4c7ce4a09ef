-- Biru's row is gone.
-- finds: jan.csv | 8 accepted, 7 loaded
DELETE FROM staging.membership_counts WHERE file_id = 'jan' AND region_code = '1102';
