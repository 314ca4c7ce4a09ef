-- Checks that found rows when they last ran: the ones that stop a release first.
SELECT check_id, severity, rows
FROM ledger.check_results
WHERE rows > 0 AND run_id = (SELECT max(run_id) FROM ledger.check_results)
ORDER BY severity, check_id
