-- severity: error
-- The counts of a day do not add up to its persons or its active memberships.
WITH kinds AS (
    SELECT unnest([
        'residence', 'workplace', 'membership', 'overlap of segments', 'residence and place of work'
    ]) AS counted_by
),
sums AS (
    SELECT as_of, counted_by, sum(persons) AS persons FROM staging.worker_counts GROUP BY ALL
    UNION ALL
    SELECT as_of, 'overlap of segments', sum(persons) FROM staging.segment_overlap GROUP BY ALL
    UNION ALL
    SELECT as_of, 'residence and place of work', sum(persons) FROM staging.work_flows GROUP BY ALL
),
compared AS (
    SELECT
        as_of, counted_by,
        CASE WHEN sums.persons IS NULL THEN 0 ELSE sums.persons END AS counted,
        CASE counted_by WHEN 'membership' THEN active_memberships ELSE balance.persons END AS expected
    FROM staging.balance AS balance
    CROSS JOIN kinds
    LEFT JOIN sums USING (as_of, counted_by)
)
SELECT as_of || ' ' || counted_by AS subject, counted || ' counted, ' || expected || ' expected' AS detail
FROM compared
WHERE counted <> expected
