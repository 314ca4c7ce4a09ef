-- severity: error
-- A file that counts has physical lines that are neither header, blank, total, note, accepted nor set aside.
SELECT
    file_name AS subject,
    lines || ' lines, ' || lines_header + lines_blank + lines_total_row + lines_note + lines_continued
        + rows_accepted + rows_quarantined || ' accounted for' AS detail
FROM ledger.files
SEMI JOIN ledger.counted_files USING (file_id, reading)
WHERE lines <> lines_header + lines_blank + lines_total_row + lines_note + lines_continued
    + rows_accepted + rows_quarantined
