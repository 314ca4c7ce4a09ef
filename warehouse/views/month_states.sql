-- What every month of members is counted from: equal digests mean equal inputs, down to the single count.
-- A row is hashed twice: DuckDB joins the hashes of columns by xor, in which equal changes would cancel out.
WITH pieces AS (
    SELECT month_of(as_of) AS period, files::VARCHAR AS piece
    FROM ledger.counted_files AS files
    WHERE source IN ('peserta', 'rekap')
    UNION ALL
    SELECT month_of(as_of), concat_ws(' ', 'office', as_of, count(*), sum(hash(hash(counts))::HUGEINT))
    FROM staging.membership_counts AS counts GROUP BY as_of
    UNION ALL
    SELECT month_of(as_of), concat_ws(' ', 'workers', as_of, count(*), sum(hash(hash(counts))::HUGEINT))
    FROM staging.worker_counts AS counts GROUP BY as_of
    UNION ALL
    SELECT month_of(as_of), concat_ws(' ', 'overlap', as_of, count(*), sum(hash(hash(counts))::HUGEINT))
    FROM staging.segment_overlap AS counts GROUP BY as_of
    UNION ALL
    SELECT month_of(as_of), concat_ws(' ', 'flows', as_of, count(*), sum(hash(hash(counts))::HUGEINT))
    FROM staging.work_flows AS counts GROUP BY as_of
)
SELECT
    period,
    md5(string_agg(piece, chr(10) ORDER BY piece) || (
        SELECT coalesce(string_agg(regions::VARCHAR, chr(10) ORDER BY region_code_bps), '')
        FROM reference.regions AS regions
    )) AS state
FROM pieces
GROUP BY period
