-- Runs since a moment, oldest first, with the lines of the files whose newest reading was in that run.
SELECT
    runs.run_id, runs.started_at, runs.finished_at, runs.outcome, runs.release_id, runs.message,
    count(files.file_id) AS files,
    coalesce(sum(files.lines), 0)::BIGINT AS lines,
    coalesce(sum(files.rows_accepted), 0)::BIGINT AS rows_accepted,
    coalesce(sum(files.rows_quarantined), 0)::BIGINT AS rows_set_aside
FROM ledger.runs AS runs
LEFT JOIN ledger.files AS files ON files.read_at = runs.started_at
WHERE runs.started_at >= ?::TIMESTAMPTZ
GROUP BY ALL
ORDER BY runs.started_at
