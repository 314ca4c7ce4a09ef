"""A whole night of Cakupan in this process, on the landing as it is, and nothing else.

Arguments: landing folder, folder of side files (only the key is used), folder for the data root, and what a
release holds: `tables` or `everything`.
"""

import os
import sys
from pathlib import Path

from flows.cli import main

landing, side, out = (Path(argument).absolute() for argument in sys.argv[1:4])
out.mkdir(parents=True, exist_ok=True)
os.environ["CAKUPAN_PUBLICATION"] = sys.argv[4]
key = out / "pseudonym.key"
if not key.exists():
    key.touch(0o600)
    key.write_text((side / "key.txt").read_text(encoding="ascii"), encoding="ascii")
sys.argv = ["cakupan", "--data-root", str(out), "run", "--in-process", "--landing", str(landing)]
main()
