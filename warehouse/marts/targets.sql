-- Target statements as registered, contradicting ones included.
FROM reference.targets
ORDER BY target_id
