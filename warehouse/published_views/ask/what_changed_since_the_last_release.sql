-- en: What changed since the release before, in which table, and why?
-- id: Apa yang berubah sejak rilis sebelumnya, di tabel mana, dan mengapa?
SELECT "table", reason, count(*) AS changed_cells, count(DISTINCT key) AS changed_rows, any_value(release_id) AS release_id
FROM marts.revisions
GROUP BY "table", reason
ORDER BY "table", reason
