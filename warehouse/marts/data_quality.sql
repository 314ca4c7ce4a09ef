-- Rows of the files that count, by source and month: read = accepted + rejected, rejected = sum over reasons.
WITH files AS (
    SELECT
        source, month_of(as_of) AS period,
        sum(rows_accepted + rows_quarantined) AS rows_read,
        sum(rows_accepted) AS rows_accepted,
        sum(rows_quarantined) AS rows_rejected
    FROM ledger.counted_files
    GROUP BY source, period
),
reasons AS (
    SELECT source, month_of(as_of) AS period, reason, sum(rows_first_reason) AS rows
    FROM ledger.counted_files
    JOIN ledger.rejections USING (file_id, reading)
    WHERE rows_first_reason > 0
    GROUP BY source, period, reason
)
SELECT
    getvariable('run_id')::VARCHAR AS run_id, source, period, rows_read::BIGINT AS rows_read,
    rows_accepted::BIGINT AS rows_accepted, rows_rejected::BIGINT AS rows_rejected, reason,
    CASE WHEN reason IS NULL THEN 0 ELSE rows END::BIGINT AS rows
FROM files
LEFT JOIN reasons USING (source, period)
