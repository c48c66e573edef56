"""The practice's rules: pure functions of a schedule, a date and a moment.

Nothing here reads a clock, a file or a database. A day is an integer of 288 five-minute cells
(`cells`); each rule says which cells it closes and why (`hours`, `closures`, `rota`, `window`);
`slots` puts them together into what is free and why the rest is not.
"""
