source = 'peserta'
