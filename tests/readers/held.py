"""What the log holds of the example session, as `held.json` says it, and where its exports are."""

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

EXPORTS = Path(os.environ["CHAIRSIDE_EXPORTS"])
HELD = json.loads((EXPORTS / "held.json").read_text(encoding="utf-8"))
SAMPLES = HELD["samples"]

# The night of the session in Berlin: the clocks went back at 01:00 UTC.
CLOCKS_BACK_US = 1_792_890_000_000_000


def local(us):
    """A moment of the log as the clinic's clock showed it, to the millisecond, with its offset."""
    offset = timezone(timedelta(minutes=120 if us < CLOCKS_BACK_US else 60))
    return datetime.fromtimestamp(us // 1_000_000, tz=offset) + timedelta(milliseconds=us // 1000 % 1000)


def iso(us):
    return local(us).isoformat(timespec="milliseconds")


def counts(sample):
    """Whether a summary may count it."""
    return sample["state"] == "valid" and not sample["artefact"] and not sample["demo"]
