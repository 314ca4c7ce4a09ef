-- January's bytes were first delivered as February's, and then February's own came.
INSERT INTO ledger.files
SELECT jan.* REPLACE (
    'before' AS file_id, feb.scope AS scope, feb.as_of AS as_of,
    feb.delivered_at - INTERVAL 1 DAY AS delivered_at
)
FROM ledger.files AS jan JOIN ledger.files AS feb ON jan.file_id = 'jan' AND feb.file_id = 'feb';
