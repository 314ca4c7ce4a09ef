"""Settings: environment variables with the prefix CAKUPAN_, or a file `.env` in the working folder."""

from __future__ import annotations

import errno
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import SettingsError, StorageError
from schemas.registers import PACKAGED
from warehouse.database import Limits


class Settings(BaseSettings):
    """Every setting of the pipeline; the settings page is generated from here."""

    model_config = SettingsConfigDict(
        env_prefix="CAKUPAN_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_root: Path = Field(
        default=Path("data"),
        description="Folder of everything the pipeline keeps: warehouse, staged, published.",
    )
    landing: Path | None = Field(
        default=None, description="Folder where offices drop files. Default: `landing` in the data root."
    )
    registers: Path = Field(
        default=PACKAGED, description="Folder of the register CSVs. Default: the ones of the package."
    )
    pseudonym_key_file: Path | None = Field(
        default=None,
        description="File with the secret key of the pseudonyms (mode 0600); made by `cakupan keys create`. "
        "Needed only where offices deliver `peserta`.",
    )
    keep_member_months: int = Field(
        default=13,
        ge=1,
        le=120,
        description="Months whose pseudonymous member rows are kept; older ones are reduced to their counts.",
    )
    memory_limit: str = Field(
        default="4GB", description="Memory that DuckDB may use.", pattern=r"^\d+(\.\d+)?(MB|GB|MiB|GiB)$"
    )
    threads: int = Field(default=2, ge=1, le=64, description="Threads that DuckDB may use.")
    processes: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Processes that read and count a large landing; each may take about 1 GB. "
        "1: the run does everything itself.",
    )
    query_seconds: int = Field(
        default=1800, ge=1, le=86_400, description="Longest time of one query of DuckDB; then it is stopped."
    )
    step_seconds: float = Field(
        default=7200, gt=0, le=86_400, description="Longest time of one stage of a night; then it is stopped."
    )
    retry_seconds: list[float] = Field(
        default=[10, 60, 300],
        description="Pauses before a stage that reads or writes files is tried again, in a Prefect run.",
    )
    settle_seconds: float = Field(
        default=2.0,
        ge=0,
        le=600,
        description="A file changed within so many seconds is looked at twice; if it still grows, it waits.",
    )
    publication: str = Field(
        default="everything",
        pattern="^(everything|tables)$",
        description="What a release holds: `everything` (pages, workbooks, reports, pictures), or `tables`.",
    )
    schedule: str = Field(default="0 2 * * *", description="When the nightly run starts (cron).")
    timezone: str = Field(default="Asia/Makassar", description="Time zone of the schedule and of 'today'.")
    overdue_hours: float = Field(
        default=26,
        gt=0,
        description="A night that has not succeeded for so many hours is missing: people are told.",
    )
    serve_host: str = Field(
        default="127.0.0.1",
        description="Address `cakupan serve` listens on; other than this computer only with a password "
        "(PREFECT_SERVER_API_AUTH_STRING).",
    )
    serve_port: int = Field(default=4200, ge=1, le=65_535, description="Port of `cakupan serve`.")
    prefect_database: SecretStr | None = Field(
        default=None,
        description="Where Prefect keeps its history, as postgresql+asyncpg://user:password@host/name. "
        "Default: an SQLite file in the data root.",
    )
    notify_webhook: SecretStr | None = Field(
        default=None, description="Address that is called (POST, JSON) when something must be told."
    )
    notify_mail: SecretStr | None = Field(
        default=None,
        description="Mail to write when something must be told, as "
        "mailtos://user:password@host:587?from=sender@host&to=reader@host (Apprise).",
    )
    site_url: str | None = Field(
        default=None,
        description="Web address under which `published` is served; links in Prefect and in messages use it.",
    )
    log_format: str = Field(
        default="text", pattern="^(text|json)$", description="Form of the talk on stderr: text or json."
    )
    keep_releases: int = Field(
        default=400,
        ge=2,
        description="Releases that `cakupan prune` keeps; the newest whole one stays whatever the number.",
    )
    keep_staged_days: int = Field(
        default=30, ge=0, description="Days that `cakupan prune` keeps staged rows that no longer count."
    )
    keep_quarantine_days: int = Field(
        default=90, ge=0, description="Days that `cakupan prune` keeps rows that were set aside, as received."
    )
    min_free_gb: float = Field(
        default=2.0, ge=0, description="Free disk space in GB below which `cakupan doctor` warns."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 (keeps --help fast)

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone; use a name like Asia/Makassar") from None
        return value

    @cached_property
    def paths(self) -> Paths:
        """Where everything lives below the data root."""
        root = self.data_root.expanduser().absolute()
        return Paths(root, (self.landing or root / "landing").expanduser().absolute())

    @property
    def limits(self) -> Limits:
        """Limits of the connection to the working warehouse."""
        return Limits(self.memory_limit, self.threads, self.paths.spill, self.query_seconds)


class Paths:
    """The folders of a data root."""

    def __init__(self, root: Path, landing: Path) -> None:
        self.root = root
        self.landing = landing
        self.staged = root / "staged"
        self.quarantine = root / "quarantine"
        self.warehouse = root / "warehouse.duckdb"
        self.published = root / "published"
        self.operators = root / "operators"
        self.spill = root / "spill"
        self.prefect = root / "prefect"
        self.lock = root / "run.lock"

    @property
    def latest(self) -> Path:
        """The newest release."""
        return self.published / "latest"

    def prepare(self) -> None:
        """Create the folders with the least permissions that work; the release is readable by all.

        Raises SettingsError when the data root cannot be made, StorageError when the disk refuses.
        """
        try:
            for folder, mode in (
                (self.root, 0o755),
                (self.staged, 0o700),
                (self.quarantine, 0o700),
                (self.spill, 0o700),
                (self.operators, 0o700),
                (self.published, 0o755),
            ):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(mode)
            # A link is to a share: while that is away, reading the landing says so.
            if self.landing == self.root / "landing" and not self.landing.is_symlink():
                self.landing.mkdir(exist_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE):
                raise StorageError(
                    f"the data root cannot be written ({error.strerror})",
                    where=str(self.root),
                    hint="Free space, or mount it for writing, then run again.",
                ) from None
            raise SettingsError(
                f"the data root cannot be used ({error.strerror})",
                where=str(self.root),
                hint="Set CAKUPAN_DATA_ROOT to a folder that this user may write.",
            ) from None


def load_settings(**overrides: object) -> Settings:
    """Read settings from the environment; `overrides` win. Raises SettingsError naming each wrong one."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as failure:
        wrong = "; ".join(
            f"CAKUPAN_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}"
            for error in failure.errors()
        )
        raise SettingsError(wrong, hint="See docs/reference/settings.md.") from None
