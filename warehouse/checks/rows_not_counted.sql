-- severity: error
-- The member rows that were accepted for a day are not the rows that were counted.
WITH accepted AS (
    SELECT as_of, sum(rows_accepted) AS rows FROM ledger.counted_files WHERE source = 'peserta' GROUP BY as_of
)
SELECT
    accepted.as_of::VARCHAR AS subject,
    accepted.rows || ' accepted, '
        || CASE WHEN balance.rows IS NULL THEN 'none' ELSE balance.rows::VARCHAR END || ' counted' AS detail
FROM accepted
LEFT JOIN staging.balance AS balance USING (as_of)
WHERE accepted.rows IS DISTINCT FROM balance.rows
