-- 12 lines, but 1 header + 8 rows accepted are 9.
-- finds: jan.csv | 12 lines, 9 accounted for
UPDATE ledger.files SET lines = 12, lines_header = 1 WHERE file_id = 'jan';
