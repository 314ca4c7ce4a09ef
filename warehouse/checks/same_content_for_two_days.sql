-- severity: warning
-- The same bytes were delivered for two days: one of the two file names is probably wrong.
SELECT string_agg(file_name, ', ' ORDER BY file_name) AS subject, 'identical content' AS detail
FROM ledger.files
WHERE state = 'accepted'
GROUP BY sha256
HAVING count(DISTINCT as_of) > 1
