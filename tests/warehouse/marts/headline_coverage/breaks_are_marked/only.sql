region_code = '1101'
