-- Target statements as registered, contradicting ones included.
FROM reference.targets
