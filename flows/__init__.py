"""When things happen, in what order and with which settings: flows, settings, command line."""
