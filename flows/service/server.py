"""`python -m flows.service.server`: the Prefect server, knowing our mail block."""

from __future__ import annotations

from prefect.cli.server import start

from flows.service.mail import Mail

#: The server looks a block's class up by name when it sends; without this import it would not find ours.
BLOCKS = (Mail,)

if __name__ == "__main__":
    start()
