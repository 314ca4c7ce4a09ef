-- Files of each office's newest day of which rows were set aside, largest share first, with the commonest reason.
WITH newest AS (
    SELECT file_id, reading, file_name, source, scope, rows_accepted, rows_quarantined AS rows_set_aside
    FROM ledger.counted_files
    QUALIFY as_of = max(as_of) OVER (PARTITION BY source, scope)
),
commonest AS (
    SELECT file_id, reading, max_by(reason, rows_first_reason) AS reason
    FROM ledger.rejections
    WHERE NOT is_warning
    GROUP BY ALL
)
SELECT file_name, source, scope, rows_accepted, rows_set_aside, reason
FROM newest
JOIN commonest USING (file_id, reading)
WHERE rows_set_aside > 0
ORDER BY rows_set_aside / (rows_accepted + rows_set_aside) DESC, file_name
