-- severity: error
-- The rows of a day are not its memberships and what stands beside them, or the members not its persons and extras.
SELECT
    as_of::VARCHAR AS subject,
    rows || ' rows, ' || memberships + duplicates + superseded || ' accounted for; '
        || active_memberships || ' active memberships, ' || persons + extra_memberships || ' accounted for' AS detail
FROM staging.balance
WHERE rows <> memberships + duplicates + superseded
    OR active_memberships <> persons + extra_memberships
    OR persons > active_memberships
