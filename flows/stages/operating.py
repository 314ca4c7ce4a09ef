"""The operators' page, drawn at the end of every run, however it ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from flows import clock
from flows.night import Night
from flows.stages.publishing import next_run
from schemas.errors import RegisterError


def draw_page(night: Night) -> None:
    """Replace the operators' page by one that tells of this run as well.

    Raises PublicationError when a text or a font is missing, OSError when the disk refuses.
    """
    # A fifth of a second to import and draw, of which a command that only runs SQL should see nothing.
    from warehouse.operators.facts import NIGHTS, Refused, Situation, read_ledger  # noqa: PLC0415
    from warehouse.operators.writing import write_pages  # noqa: PLC0415

    moment = clock.now()
    settings = night.settings
    now = Situation(
        moment=moment,
        zone=ZoneInfo(settings.timezone),
        planned=planned_days(settings.schedule, settings.timezone, moment, NIGHTS),
        next_run_at=next_run(settings.schedule, settings.timezone, moment),
        provinces=_provinces(night),
        refused=None
        if night.unused is None
        else tuple(Refused(one.file, one.what, one.hint) for one in night.unused),
    )
    told = read_ledger(night.connection, moment - timedelta(days=NIGHTS + 1))
    write_pages(night.paths.operators, now, told)


def _provinces(night: Night) -> dict[str, str]:
    """Code of each province → its name; none when it is the registers that are to be told of."""
    try:
        regions = night.registers.regions
    except RegisterError:
        return {}
    provinces = regions.filter(regions["kind"] == "provinsi")
    return dict(provinces.select("region_code_bps", "name_short").iter_rows())


def planned_days(schedule: str, timezone: str, moment: datetime, days: int) -> frozenset[date]:
    """Return the last days, up to the one of `moment`, on which the schedule fired before `moment`.

    Empty when the schedule cannot be read.
    """
    zone = ZoneInfo(timezone)
    today = moment.astimezone(zone).date()
    found = set()
    for back in range(days):
        day = today - timedelta(days=back)
        before = datetime.combine(day, time_of_day(), zone) - timedelta(seconds=1)
        try:
            fires = next(CronSim(schedule, before), None)
        except CronSimError:
            return frozenset()
        if fires is not None and fires.date() == day and fires.astimezone(UTC) < moment:
            found.add(day)
    return frozenset(found)
