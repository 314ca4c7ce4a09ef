-- What is odd about identities, by branch office: for the office to look into, never by row.
FROM staging.identity_quality
