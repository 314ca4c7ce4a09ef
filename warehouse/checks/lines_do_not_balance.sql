-- severity: error
-- A file has physical lines that are neither header, blank, total, note, accepted nor set aside.
SELECT
    file_name AS subject,
    lines || ' lines, ' || lines_header + lines_blank + lines_total_row + lines_note + lines_continued
        + rows_accepted + rows_quarantined || ' accounted for' AS detail
FROM ledger.files
WHERE state = 'accepted'
    AND lines <> lines_header + lines_blank + lines_total_row + lines_note + lines_continued
        + rows_accepted + rows_quarantined
