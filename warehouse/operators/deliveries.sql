-- When the figures of each source, office and month first arrived.
SELECT source, scope, date_trunc('month', as_of)::DATE AS period, min(delivered_at) AS delivered_at
FROM ledger.files
WHERE state = 'accepted'
GROUP BY ALL
ORDER BY ALL
