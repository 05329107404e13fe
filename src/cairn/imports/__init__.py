"""Events from files: read rows, turn each into a call of the Segment spec, send those in batches.

`source` opens a file, `rows` reads its format, `mapping` and `translate` make messages of rows, `send`
delivers them, `run` does all of it and can be interrupted and repeated without harm.
"""
