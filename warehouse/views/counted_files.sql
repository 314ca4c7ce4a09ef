-- The files that count: of each source, scope and day the newest accepted delivery.
-- is_revised: it replaced an earlier delivery of the same slot.
SELECT
    file_id, reading, file_name, source, scope, as_of, delivered_at, rows_accepted, rows_quarantined,
    deliveries > 1 AS is_revised
FROM (
    SELECT
        *,
        count(DISTINCT file_id) OVER slot AS deliveries,
        row_number() OVER (slot ORDER BY delivered_at DESC, file_name DESC, read_at DESC) AS newest
    FROM ledger.files
    WHERE state = 'accepted'
    WINDOW slot AS (PARTITION BY source, scope, as_of)
)
WHERE newest = 1
