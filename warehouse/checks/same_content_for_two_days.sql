-- severity: warning
-- The same bytes count for two days: one of the two file names is probably wrong.
SELECT string_agg(file_name, ', ' ORDER BY file_name) AS subject, 'identical content' AS detail
FROM ledger.files
SEMI JOIN ledger.counted_files USING (file_id, reading)
GROUP BY sha256
HAVING count(DISTINCT as_of) > 1
