-- What counts of each source and office: files, newest day, newest delivery, rows accepted and set aside.
SELECT
    source, scope, count(*) AS files, max(as_of) AS newest_as_of, max(delivered_at) AS newest_delivery,
    sum(rows_accepted)::BIGINT AS rows_accepted, sum(rows_quarantined)::BIGINT AS rows_set_aside
FROM ledger.counted_files
GROUP BY ALL
ORDER BY source, newest_as_of, scope
