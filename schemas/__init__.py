"""What the data is: tables, columns, sources, registers and errors. Declarations only."""
