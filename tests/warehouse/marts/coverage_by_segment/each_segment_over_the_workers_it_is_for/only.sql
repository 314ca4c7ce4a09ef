region_level = 'regency'
