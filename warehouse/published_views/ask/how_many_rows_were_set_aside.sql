-- en: How many delivered rows were set aside, from which source and month, and why?
-- id: Berapa baris kiriman yang disisihkan, dari sumber dan bulan mana, dan mengapa?
SELECT source, period, reason, rows, rows_read, rows_accepted, rows_rejected, release_id
FROM marts.data_quality
ORDER BY source, period, reason
