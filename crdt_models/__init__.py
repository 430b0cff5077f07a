"""Documents that merge: edits, the gate, rooms, the venue's facts and its rules.

Values in, values out. No network, no disk, no wall clock: time, randomness and identity are arguments.
`room` is the one file that runs tasks.
"""
