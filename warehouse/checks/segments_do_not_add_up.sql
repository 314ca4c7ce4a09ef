-- severity: warning
-- All four segments and a total are reported for a region and day, and they differ.
SELECT
    as_of || ' ' || region_code AS subject,
    'total ' || sum(active_members) FILTER (segment = 'TOTAL')
        || ', segments ' || sum(active_members) FILTER (segment <> 'TOTAL') AS detail
FROM staging.membership_counts
GROUP BY as_of, region_code, numerator_id
HAVING count(DISTINCT segment) = 5
    AND sum(active_members) FILTER (segment = 'TOTAL') <> sum(active_members) FILTER (segment <> 'TOTAL')
