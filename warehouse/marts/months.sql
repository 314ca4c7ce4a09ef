-- Every month from the first to the last with a membership figure; months without one stay in the series.
SELECT
    month::DATE AS period,
    last_day(month) AS month_end
FROM (
    SELECT unnest(generate_series(min(month_of(as_of)), max(month_of(as_of)), INTERVAL 1 MONTH)) AS month
    FROM (
        SELECT as_of FROM staging.membership_counts UNION SELECT as_of FROM staging.worker_counts
    )
)
