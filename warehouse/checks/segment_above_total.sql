-- severity: warning
-- A segment is larger than the total that the same office reports for the same day.
SELECT part.as_of || ' ' || part.region_code || ' ' || part.segment AS subject,
    part.active_members || ' of ' || total.active_members AS detail
FROM staging.membership_counts AS part
JOIN staging.membership_counts AS total USING (file_id, as_of, region_code, numerator_id)
WHERE total.segment = 'TOTAL' AND part.segment <> 'TOTAL' AND part.active_members > total.active_members
