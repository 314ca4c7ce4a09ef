"""`feed.xml` beside `releases.json`: an Atom feed of the releases, with what changed in each and why."""

from __future__ import annotations

import csv
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

FEED = "feed.xml"
#: A feed is read for what is new; releases.json lists them all.
_ENTRIES = 30
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"

#: Why a cell changed, in English and Indonesian; the codes are those of revisions.csv.
REASONS = {
    "definition": ("another definition is used", "definisi yang dipakai berbeda"),
    "membership_and_base_delivered": (
        "an office delivered members and base anew",
        "kantor mengirim ulang peserta dan penyebut",
    ),
    "membership_delivered": ("an office delivered members anew", "kantor mengirim ulang data peserta"),
    "base_delivered": ("the base was delivered anew", "penyebut dikirim ulang"),
    "target_register": ("a target was entered or corrected", "target dicatat atau dikoreksi"),
    "method": ("the way of computing changed", "cara menghitung berubah"),
    "follows_from_other_figures": ("it follows from other figures", "mengikuti angka lain"),
}


def write_feed(published: Path, releases: list[dict[str, Any]]) -> None:
    """Write the feed of these releases, newest first as given, in one step.

    Links are relative: they lead to the shelf that the feed lies on, wherever that is served.
    """
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": "id"})
    _texts(feed, id=_urn("feed"), title="Cakupan Jamsostek: rilis | releases")
    newest = _moment(releases[0]["published_at"]) if releases else datetime.fromtimestamp(0, UTC)
    _texts(feed, updated=newest.isoformat())
    ET.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": FEED})
    _texts(ET.SubElement(feed, f"{{{_ATOM}}}author"), name="Cakupan")
    for release in releases[:_ENTRIES]:
        _add_entry(feed, published, release)
    ET.indent(feed, " ")
    text = ET.tostring(feed, encoding="unicode", xml_declaration=False)
    fresh = published / f".{FEED}.unfinished"
    fresh.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', encoding="utf-8")
    fresh.chmod(0o644)
    fresh.replace(published / FEED)


def _add_entry(feed: ET.Element, published: Path, release: dict[str, Any]) -> None:
    name = release["release_id"]
    moment = _moment(release["published_at"]).isoformat()
    synthetic = "DATA SINTETIS | SYNTHETIC DATA: " if name.endswith("-SYNTHETIC") else ""
    day = release["data_as_of"] or "no day"
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _texts(entry, id=_urn(name), title=f"{synthetic}{name}", updated=moment, published=moment)
    ET.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": f"{name}/CHANGELOG.md"})
    why = "\n".join([f"Data up to {day}. {release['what_changed']}", *_why(published / name)])
    _texts(entry, summary=why)


def _why(folder: Path) -> list[str]:
    """One line per table and reason of the release's `revisions.csv`; none for a first release."""
    path = folder / "revisions.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        cells = Counter((row["table"], row["reason"]) for row in csv.DictReader(stream))
    lines = []
    for (table, reason), count in sorted(cells.items()):
        english, indonesian = REASONS.get(reason, (reason, reason))
        noun = "cell" if count == 1 else "cells"
        lines.append(f"{table}: {count} {noun}, {english} | {count} sel, {indonesian}")
    return lines


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _urn(name: str) -> str:
    """An id that stays the same wherever the shelf is served from."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"cakupan:{name}").urn


def _moment(value: datetime | str) -> datetime:
    """A moment as the ledger gives it or as releases.json has it, in UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
