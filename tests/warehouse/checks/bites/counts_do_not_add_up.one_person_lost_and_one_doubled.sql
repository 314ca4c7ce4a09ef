-- 5 persons: the residences count 4 of them, the sets of segments 6, and nobody has a place of work.
-- finds: 2025-01-31 overlap of segments | 6 counted, 5 expected
-- finds: 2025-01-31 residence | 4 counted, 5 expected
-- finds: 2025-01-31 workplace | 0 counted, 5 expected
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 8, 6, 5, 1);
INSERT INTO staging.worker_counts VALUES
    ('2025-01-31', 'residence', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 4),
    ('2025-01-31', 'membership', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 6);
INSERT INTO staging.segment_overlap VALUES
    ('2025-01-31', '1101', 'PU', 4),
    ('2025-01-31', '1101', 'PU+BPU', 2);
INSERT INTO staging.work_flows VALUES ('2025-01-31', '1101', NULL, 5);
