-- severity: warning
-- Members of a region moved by more than 30 percent between two months of one definition.
SELECT
    period || ' ' || region_code AS subject,
    figures.region_name || ' ' || members_change || ' members since ' || previous_as_of AS detail
FROM marts.coverage_change
JOIN marts.headline_coverage AS figures USING (period, region_code)
WHERE cause <> 'definition'
    AND abs(members_change) * 100 > 30 * (figures.active_members - members_change)
