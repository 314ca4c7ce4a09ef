-- severity: error
-- A file that counts has other rows in the warehouse than the gate accepted.
WITH loaded AS (
    SELECT file_id, count(*) AS rows FROM staging.membership_counts GROUP BY file_id
    UNION ALL
    SELECT file_id, count(*) FROM staging.bases GROUP BY file_id
)
SELECT
    files.file_name AS subject,
    files.rows_accepted || ' accepted, '
        || CASE WHEN loaded.rows IS NULL THEN 'none' ELSE loaded.rows::VARCHAR END || ' loaded' AS detail
FROM ledger.counted_files AS files
LEFT JOIN loaded USING (file_id)
WHERE files.rows_accepted IS DISTINCT FROM loaded.rows AND files.rows_accepted > 0 AND files.source <> 'peserta'
