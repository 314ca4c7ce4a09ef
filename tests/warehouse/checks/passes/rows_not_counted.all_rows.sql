-- 12 rows accepted in two files, 12 counted; a file of which no row was accepted has nothing to count.
INSERT INTO ledger.files
SELECT jan.* REPLACE (file AS file_id, 'peserta' AS source, file AS scope, day::DATE AS as_of, rows AS rows_accepted)
FROM ledger.files AS jan,
    (VALUES ('p1', '2025-01-31', 5), ('p2', '2025-01-31', 7), ('p3', '2025-01-31', 0)) AS added(file, day, rows)
WHERE file_id = 'jan';
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 3, 12, 0, 0, 0, 12, 12, 12, 0);
