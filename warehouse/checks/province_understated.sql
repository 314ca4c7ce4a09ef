-- severity: error
-- A sum of parts is published although a part is missing.
SELECT period || ' ' || province_code AS subject, parts_with_data || ' of ' || parts_expected AS detail
FROM marts.coverage_by_province
WHERE coverage_pct IS NOT NULL AND members_basis = 'sum_of_parts' AND base_basis = 'sum_of_parts'
    AND parts_with_data < parts_expected
UNION ALL
SELECT period || ' 00', parts_with_data || ' of ' || parts_expected
FROM marts.coverage_nationwide
WHERE coverage_pct IS NOT NULL AND members_basis = 'sum_of_parts' AND base_basis = 'sum_of_parts'
    AND parts_with_data < parts_expected
