-- A total of the 15th is not held against parts of the 31st.
UPDATE staging.membership_counts SET active_members = 990, as_of = '2025-01-15'
WHERE region_code = '11';
