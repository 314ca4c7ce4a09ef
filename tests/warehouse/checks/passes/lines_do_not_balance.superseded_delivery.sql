-- The earlier delivery of January had a defect; it no longer counts.
INSERT INTO ledger.files
SELECT * REPLACE ('before' AS file_id, 99 AS lines, delivered_at - INTERVAL 1 DAY AS delivered_at)
FROM ledger.files
WHERE file_id = 'jan';
