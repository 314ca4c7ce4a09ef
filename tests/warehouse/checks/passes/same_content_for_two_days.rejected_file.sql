-- The same bytes under another day were rejected.
INSERT INTO ledger.files
SELECT * REPLACE ('before' AS file_id, '2024-12-31'::DATE AS as_of, 'rejected' AS state)
FROM ledger.files
WHERE file_id = 'jan';
