"""Writing a synthetic twin: landing files in the layouts that offices use, and the truth beside them."""
