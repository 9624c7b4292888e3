"""Where and with what something was measured, and its file."""

import json
import platform
import subprocess
from datetime import date
from pathlib import Path

from peers.environment import HERE


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        fields = dict(part.split("\t: ", 1) for line in lines if (part := line.replace("\t\t", "\t")) and "\t: " in part)
        return f"{fields['model name']} (family {fields['cpu family']}, model {fields['model']})"
    except (OSError, KeyError):
        return platform.processor() or platform.machine()


def origin():
    git = ["git", "-C", HERE, "describe", "--always", "--dirty", "--exclude", "*"]
    commit = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    return {"date": date.today().isoformat(), "commit": commit, "processor": processor(), "system": platform.system() + " " + platform.release()}


def write(result, output):
    if output:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(json.dumps(result, indent=1) + "\n")
