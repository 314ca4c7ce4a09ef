-- severity: error
-- The counts of a day do not add up to its persons or its active memberships.
WITH sums AS (
    SELECT as_of, counted_by, sum(persons) AS counted FROM staging.worker_counts GROUP BY ALL
    UNION ALL
    SELECT as_of, 'overlap of segments', sum(persons) FROM staging.segment_overlap GROUP BY ALL
    UNION ALL
    SELECT as_of, 'residence and place of work', sum(persons) FROM staging.work_flows GROUP BY ALL
)
SELECT
    as_of || ' ' || counted_by AS subject,
    counted || ' counted, '
        || CASE counted_by WHEN 'membership' THEN active_memberships ELSE persons END || ' expected' AS detail
FROM sums
JOIN staging.balance USING (as_of)
WHERE counted <> CASE counted_by WHEN 'membership' THEN active_memberships ELSE persons END
