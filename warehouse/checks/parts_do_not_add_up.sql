-- severity: error
-- A province that is published as the sum of its regencies is not their sum.
-- Compared where every regency counts by the province's definition, bases where all stand on its round:
-- a new round may have come for some regencies, and then the province waits for the others.
SELECT
    province.period || ' ' || province.province_code AS subject,
    'members ' || province.active_members - sum(regency.active_members)
        || ', base ' || province.working_population - sum(regency.working_population) || ' apart' AS detail
FROM marts.coverage_by_province AS province
JOIN marts.coverage_by_regency AS regency USING (period, province_code, numerator_id, denominator_id)
JOIN marts.headline_coverage AS whole
    ON (whole.period, whole.region_code) = (province.period, province.province_code)
JOIN marts.headline_coverage AS part
    ON (part.period, part.region_code) = (regency.period, regency.regency_code)
WHERE province.members_basis = 'sum_of_parts' AND province.base_basis = 'sum_of_parts'
GROUP BY
    province.period, province.province_code, province.active_members, province.working_population,
    province.parts_expected
HAVING count(*) = province.parts_expected
    AND (sum(regency.active_members) <> province.active_members
        OR (bool_and(part.base_round = whole.base_round)
            AND sum(regency.working_population) <> province.working_population))
