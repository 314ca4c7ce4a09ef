-- severity: warning
-- A total was reported for a province or the country, and its parts add up to another number.
SELECT
    counts.as_of || ' ' || counts.region_code || ' ' || counts.segment AS subject,
    'reported ' || counts.active_members || ', parts ' || members.active_members AS detail
FROM staging.membership_counts AS counts
JOIN marts.members_by_region AS members
    ON members.period = month_of(counts.as_of)
    AND (members.region_code, members.numerator_id, members.segment)
        = (counts.region_code, counts.numerator_id, counts.segment)
WHERE members.basis = 'sum_of_parts' AND members.as_of = counts.as_of
    AND members.active_members <> counts.active_members
UNION ALL
SELECT
    bases.base_round || ' ' || bases.region_code || ' ' || bases.denominator_id,
    'reported ' || bases.workers || ', parts ' || base.workers
FROM staging.bases
JOIN marts.base_by_region AS base USING (base_round, region_code, denominator_id)
WHERE base.basis = 'sum_of_parts' AND base.workers <> bases.workers
GROUP BY ALL
