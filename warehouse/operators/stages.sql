-- Stages of the newest run that ended, in their order, beside the median of each over earlier runs.
WITH ended AS (
    SELECT run_id, started_at FROM ledger.runs WHERE outcome <> 'running'
),
earlier AS (
    SELECT step, median(seconds) AS usual_seconds
    FROM ledger.steps JOIN ended USING (run_id)
    WHERE started_at < (SELECT max(started_at) FROM ended)
    GROUP BY step
)
SELECT step, seconds, message, usual_seconds
FROM ledger.steps
LEFT JOIN earlier USING (step)
WHERE run_id = (SELECT max_by(run_id, started_at) FROM ended)
ORDER BY ledger.steps.rowid
