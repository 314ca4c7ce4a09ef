-- Every numerator over every denominator that a region has in a month.
SELECT
    members.period, members.as_of, members.region_code, members.region_name, members.region_level,
    members.active_members,
    base.workers AS working_population,
    base.denominator_id,
    members.numerator_id,
    coverage_rate(members.active_members, base.workers) AS coverage_rate,
    coverage_pct(members.active_members, base.workers) AS coverage_pct,
    base.base_round,
    base.rse_pct
FROM marts.members_by_region AS members
JOIN marts.base_by_region AS base USING (period, region_code)
WHERE members.segment = 'TOTAL'
