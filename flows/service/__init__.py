"""Everything that meets Prefect: tasks, what its pages show, deployments, the server and the serving process.

Modules that a flow runs import nothing of the warehouse at their top: Prefect's threads hold the flow, and
with it the globals of its module, until the process has ended (see `tasks.Stage`).
"""
