-- Three of four segments need not add up to the total.
DELETE FROM staging.membership_counts WHERE region_code = '1101' AND segment = 'PMI';
