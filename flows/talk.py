"""What a run says on stderr: lines for a person, or one JSON object per line for a log collector."""

from __future__ import annotations

import json
import sys
from typing import Any, Literal

import click

from flows import clock

Level = Literal["info", "warning", "error"]
_COLOURS: dict[Level, str] = {"info": "green", "warning": "yellow", "error": "red"}
_form = {"json": False}


def use(form: str) -> None:
    """Choose the form of all talk of this process: `text` or `json`."""
    _form["json"] = form == "json"


def is_for_a_person() -> bool:
    """Whether a person looks at stderr: then a line may be written over."""
    return not _form["json"] and sys.stderr.isatty()


def say(level: Level, event: str, text: str, *, label: str = "", **facts: Any) -> None:
    """Say one thing. A person reads label and text, a machine event, text and facts; never a row's values."""
    if _form["json"]:
        record = {"at": clock.now().isoformat(), "level": level, "event": event, "message": text, **facts}
        print(json.dumps(record, ensure_ascii=False, default=str), file=sys.stderr, flush=True)
        return
    shown = click.style(label, fg=_COLOURS[level], bold=level == "error") if label else ""
    click.echo(f"{shown}{' ' if shown else ''}{text}", err=True)


def step(name: str, seconds: float, text: str) -> None:
    """Say what came of one stage and how long it took."""
    if _form["json"]:
        say("info", "stage", text, stage=name, seconds=round(seconds, 3))
    else:
        print(f"  {name:<9} {text:<72} {seconds:6.2f} s", file=sys.stderr)
