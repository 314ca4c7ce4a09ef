-- Members of a segment over the workers it is for: PU over formal, BPU over informal workers.
-- JAKON and PMI have no base of their own, and many bases give no formal and informal part: null then.
WITH parts AS (
    SELECT period, region_code, denominator_id, 'PU' AS segment, formal_workers AS workers
    FROM marts.base_by_region WHERE formal_workers > 0
    UNION ALL
    SELECT period, region_code, denominator_id, 'BPU', informal_workers
    FROM marts.base_by_region WHERE informal_workers > 0
)
SELECT
    members.period, members.as_of, members.region_code, members.region_name, members.region_level,
    members.segment, members.active_members,
    parts.workers AS working_population, parts.denominator_id, members.numerator_id,
    coverage_rate(members.active_members, parts.workers) AS coverage_rate,
    coverage_pct(members.active_members, parts.workers) AS coverage_pct
FROM marts.members_by_region AS members
LEFT JOIN parts USING (period, region_code, segment)
WHERE members.segment <> 'TOTAL'
