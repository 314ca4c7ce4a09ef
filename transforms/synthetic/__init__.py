"""A synthetic twin of the deliveries with known truth: seed and parameters in, frames out.

Every person, employer and number in it is invented. `parameters` says what can be asked for, `plan`
how many people live where, `memberships` who they are, `snapshots` what an office would deliver on a
month end, `truth` what the right answer is, `planting` and `damaged_files` what is wrong on purpose,
`scoring` how much of it was found.
"""
