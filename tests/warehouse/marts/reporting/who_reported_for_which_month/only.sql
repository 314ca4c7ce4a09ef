source <> 'peserta'
