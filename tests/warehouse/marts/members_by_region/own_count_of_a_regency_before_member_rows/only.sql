segment = 'TOTAL'
