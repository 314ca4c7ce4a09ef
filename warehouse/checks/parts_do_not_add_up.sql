-- severity: error
-- A province that is published as the sum of its regencies is not their sum.
SELECT
    province.period || ' ' || province.province_code AS subject,
    'members ' || province.active_members - sum(regency.active_members)
        || ', base ' || province.working_population - sum(regency.working_population) || ' apart' AS detail
FROM marts.coverage_by_province AS province
JOIN marts.coverage_by_regency AS regency USING (period, province_code, numerator_id, denominator_id)
WHERE province.members_basis = 'sum_of_parts' AND province.base_basis = 'sum_of_parts'
    AND province.parts_with_data = province.parts_expected
GROUP BY province.period, province.province_code, province.active_members, province.working_population
HAVING sum(regency.active_members) <> province.active_members
    OR sum(regency.working_population) <> province.working_population
