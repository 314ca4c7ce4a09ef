-- 6 active memberships, 5 of them counted.
-- finds: 2025-01-31 membership | 5 counted, 6 expected
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 8, 6, 5, 1);
INSERT INTO staging.worker_counts VALUES
    ('2025-01-31', 'residence', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 5),
    ('2025-01-31', 'workplace', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 5),
    ('2025-01-31', 'membership', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 5);
INSERT INTO staging.segment_overlap VALUES ('2025-01-31', '1101', 'PU', 5);
INSERT INTO staging.work_flows VALUES ('2025-01-31', '1101', '1101', 5);
