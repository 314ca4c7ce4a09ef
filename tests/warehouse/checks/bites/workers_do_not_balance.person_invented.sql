-- 6 active memberships, but 7 persons.
-- finds: 2025-01-31 | 10 rows, 10 accounted for; 6 active memberships, 7 accounted for
INSERT INTO staging.balance VALUES ('2025-01-31', 'x', 1, 10, 1, 1, 0, 8, 6, 7, 0);
