"""A Prefect server that died is asked once, and not waited for again and again; no server is needed here."""

from __future__ import annotations

import pytest

from flows.service.pages import Pages
from flows.service.tasks import AsTasks, Stage


def test_nothing_is_shown_to_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages()
    answers = iter([False, False, True])
    monkeypatch.setattr(Pages, "prefect_answers", lambda _: next(answers))
    shown: list[str] = []

    def fail() -> None:
        shown.append("tried")
        raise ConnectionError("refused")

    pages._try(fail)  # fails, and the server does not answer
    pages._try(fail)  # still gone: not tried
    assert shown == ["tried"]
    pages._try(lambda: shown.append("shown"))  # back
    assert shown == ["tried", "shown"]


def test_a_stage_runs_without_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = AsTasks()
    asked: list[bool] = []

    def gone(_: Pages) -> bool:
        asked.append(False)
        return False

    monkeypatch.setattr(Pages, "prefect_answers", gone)

    def dead(*_: object) -> object:
        raise ConnectionError("refused")

    monkeypatch.setattr(AsTasks, "_task", lambda *_: dead)
    worked: list[str] = []

    def work(name: str) -> str:
        worked.append(name)
        return name

    for name in ("land", "read"):
        assert steps._as_task(Stage(name, lambda name=name: work(name), str)) == name
    assert worked == ["land", "read"]
    assert len(asked) == 2  # once when the first stage failed, once before the second


def test_a_failure_of_prefect_that_still_answers_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pages, "prefect_answers", lambda _: True)

    def refused(*_: object) -> object:
        raise ConnectionError("refused")

    monkeypatch.setattr(AsTasks, "_task", lambda *_: refused)
    with pytest.raises(ConnectionError):
        AsTasks()._as_task(Stage("land", lambda: "land", str))
