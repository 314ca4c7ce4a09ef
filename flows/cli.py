"""The command line `cakupan`: stdout is data, stderr is talk, exit codes stand in schemas/errors.py."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import sys
from pathlib import Path

import click

#: In the order of the life of the data. Each module holds one click command of the same name.
COMMANDS = (
    "demo",
    "run",
    "serve",
    "status",
    "check",
    "claims",
    "note",
    "query",
    "preview",
    "keys",
    "synth",
    "score",
    "doctor",
    "drill",
    "rebuild",
    "backup",
    "restore",
    "prune",
    "docs",
)


class Commands(click.Group):
    """The commands, each imported only when it is asked for: `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click calls it so)
        """Return the names in the order of the life of the data."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"flows.commands.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 (our own module)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cakupan", prog_name="cakupan")
@click.option(
    "--data-root",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of everything the pipeline keeps (CAKUPAN_DATA_ROOT).",
)
@click.pass_context
def cakupan(context: click.Context, data_root: Path | None) -> None:
    """Coverage of employment social security (Jamsostek), regency by regency.

    Reads what offices drop into the landing, counts, compares with targets and printed figures, and
    publishes one immutable release. Start with `cakupan demo`.
    """
    context.obj = data_root


def main() -> None:
    """Run the command line; an error that a person can put right ends in its message and exit code."""
    from flows import talk  # noqa: PLC0415 (keeps --help fast)
    from schemas.errors import CakupanError  # noqa: PLC0415

    # Prefect sends usage data unless told not to.
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Nothing here multiplies matrices; NumPy would start threads for it all the same.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        cakupan(standalone_mode=True)
    except CakupanError as error:
        talk.say("error", "failed", str(error), label="error:", exit_code=error.exit_code)
        _leave(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`cakupan query … | head`): that is no failure.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(0)
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            raise  # a text: Python writes it
        _leave(end.code or 0)


def _leave(code: int) -> None:
    """End the process as Python does, but for freeing every object first: up to a third of a second after a night.

    Prefect sends what is left of its logs from threads that Python waits for, so with it the end is the usual one.
    """
    if "prefect" in sys.modules:
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the reader has gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
