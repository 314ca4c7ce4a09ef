"""One module per command of `cakupan`; heavy imports stand inside the functions so that --help is fast."""
