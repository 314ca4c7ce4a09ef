-- 10 rows, but 7 memberships + 1 duplicate + 1 superseded are 9.
-- finds: 2025-01-31 | 10 rows, 9 accounted for; 6 active memberships, 6 accounted for
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 7, 6, 5, 1);
