-- January's and February's file have one digest.
-- finds: feb.csv, jan.csv | identical content
UPDATE ledger.files SET sha256 = repeat('a', 64) WHERE file_id IN ('jan', 'feb');
