-- January: 12 rows accepted in two files, 11 counted. February: accepted and never counted.
-- finds: 2025-01-31 | 12 accepted, 11 counted
-- finds: 2025-02-28 | 3 accepted, none counted
INSERT INTO ledger.files
SELECT jan.* REPLACE (file AS file_id, 'peserta' AS source, file AS scope, day::DATE AS as_of, rows AS rows_accepted)
FROM ledger.files AS jan,
    (VALUES ('p1', '2025-01-31', 5), ('p2', '2025-01-31', 7), ('p3', '2025-02-28', 3)) AS added(file, day, rows)
WHERE file_id = 'jan';
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 2, 11, 0, 0, 0, 11, 11, 11, 0);
