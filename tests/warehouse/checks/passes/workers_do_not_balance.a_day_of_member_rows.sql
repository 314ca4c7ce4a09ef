-- 10 rows = 8 memberships + 1 duplicate + 1 superseded; 6 active memberships = 5 persons + 1 extra.
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 8, 6, 5, 1);
