"""Money on paper: what a slip says, how it looks as printer bytes and as PDF, and that it is printed once.

`slip` and `sheet` are what is said, `thermal` and `pdf` how it looks: pure. `printers` talks to printers,
`print_jobs` remembers what became of each job, and `press` brings them together.
"""
