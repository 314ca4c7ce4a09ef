"""Drills: every failure that is prepared for, planted on a scratch data root, and the defence shown."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from schemas.errors import CakupanError, DrillFailed
