"""What records say: one quantity a file, numbers in, numbers out; nothing draws here.

How the runs without a verified answer count is the same everywhere and is written in
`bundlesolve.bench.statistics.treatment`.
"""
