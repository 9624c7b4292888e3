"""What a comparison runs in: a virtual environment with pinned versions, the built programs, and no setting that holds a peer back."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BUILD = HERE / ".build"
# Settings for OpenBLAS that a machine may have: none of the contenders is to depend on them.
REMOVED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def enter(name, alone=None):
    """Starts the script again in the virtual environment of requirements/NAME.txt, made on first use.

    `alone`: a further file, whose packages are installed without those that they name as needed.
    """
    home = BUILD / name
    python = home / "bin" / "python"
    if Path(sys.prefix).resolve() == home.resolve():
        return
    files = [HERE / "requirements" / f"{part}.txt" for part in (name, alone) if part]
    pinned = "".join(file.read_text() for file in files)
    marker = home / "installed"
    if not marker.exists() or marker.read_text() != pinned:
        print(f"making {home}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        for file, options in zip(files, ([], ["--no-deps"])):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *options, "-r", file], check=True)
        marker.write_text(pinned)
    environment = {key: value for key, value in os.environ.items() if key not in REMOVED}
    os.execve(python, [str(python), *sys.argv], environment)


def built(product, programs=None, package=HERE):
    """The program of that name, built in a build folder of its own for each package: in one folder each would compile the library again.

    `programs`: a folder with programs that are built already.
    """
    if programs:
        return Path(programs).resolve() / product
    scratch = BUILD / "swift" if package == HERE else package / ".build"
    # As in the Makefile: other flags would compile all of it again.
    flags = ["-c", "release", "-debug-info-format", "none"]
    command = ["swift", "build", *flags, "--package-path", package, "--scratch-path", scratch]
    environment = os.environ | {"ISTHMUS_NATIVE": "1", "ISTHMUS_WARNINGS_AS_ERRORS": "1"}
    subprocess.run([*command, "--product", product], check=True, env=environment, stdout=sys.stderr)
    folder = subprocess.run([*command, "--show-bin-path"], check=True, env=environment, capture_output=True, text=True).stdout.strip()
    return Path(folder) / product


def cores(count):
    """The first `count` processors that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < count:
        sys.exit(f"{count} cores were asked for; this process may use {len(allowed)}")
    return allowed[:count]
