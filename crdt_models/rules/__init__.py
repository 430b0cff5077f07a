"""What follows from the facts: pure functions of fact readers, leaf time and a source of randomness.

Total: rival, foreign or missing facts never raise. Nothing here applies itself: a proposal waits.
What tablets need offline has a twin in `web/src/lib/twins/`; both read `tests/vectors/`.
"""
