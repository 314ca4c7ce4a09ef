-- 10 rows = 8 memberships + 1 duplicate + 1 superseded; 6 active memberships = 5 persons + 1 extra.
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 8, 6, 5, 1);
INSERT INTO staging.worker_counts VALUES
    ('2025-01-31', 'residence', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 5),
    ('2025-01-31', 'workplace', NULL, 'PU', 'L', '25-34', 'MANDIRI', false, 5),
    ('2025-01-31', 'membership', '1101', 'PU', 'L', '25-34', 'MANDIRI', false, 6);
INSERT INTO staging.segment_overlap VALUES
    ('2025-01-31', '1101', 'PU', 4),
    ('2025-01-31', '1101', 'PU+BPU', 1);
INSERT INTO staging.work_flows VALUES ('2025-01-31', '1101', NULL, 5);
