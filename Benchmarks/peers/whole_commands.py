"""The commands of `whole-command`: how each is called, what the work in it takes by itself, and that its results are right."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy

from peers import environment

FOLDER = environment.BUILD / "whole-command"
WIDTH, LAYERS = 784, 3
NETWORK = f"hidden: [{', '.join(['{activation: relu, weightVariance: 2, biasVariance: 0.01}'] * LAYERS)}]\noutputs: 1\n"
# Seconds after which no further run of a case is begun, once there are three.
LONGEST = 90


class Program:
    """A command line that is measured from outside."""

    def __init__(self, name, command, settings=None, folder=environment.HERE):
        self.name, self.command, self.folder = name, [str(part) for part in command], folder
        self.environment = os.environ | (settings or {})

    def run(self):
        """Seconds, processor seconds and peak bytes of one run."""
        usage = FOLDER / "usage.json"
        launcher = [sys.executable, "-S", "-E", environment.HERE / "peers" / "measured.py", usage]
        subprocess.run([*launcher, *self.command], check=True, stdout=subprocess.DEVNULL, env=self.environment, cwd=self.folder)
        return json.loads(usage.read_text())

    def output(self, *more):
        result = subprocess.run([*self.command, *more], check=True, stdout=subprocess.PIPE, text=True, env=self.environment, cwd=self.folder)
        return result.stdout


@dataclass
class Case:
    name: str
    programs: list
    # Called before each run, untimed.
    before: object = None
    # Of the record.
    fields: dict = field(default_factory=dict)

    def make(self):
        """Writes the inputs."""

    def verify(self):
        """Ends the program unless the results are right."""
        return {}

    def work_alone(self):
        """Seconds of the work in the command, by the program's own clock, of each program."""
        return {}

    def measure(self, runs):
        self.make()
        self.prepare()
        for program in self.programs:
            program.run()
        cell = {"name": self.name} | self.fields | {"differences": self.verify(), "work": self.work_alone(), "runs": {}}
        start = time.perf_counter()
        for run in range(runs):
            if run >= 3 and time.perf_counter() - start > LONGEST:
                break
            for program in self.programs:
                self.prepare()
                # What the run before left to be written to the disk is no part of this one.
                os.sync()
                cell["runs"].setdefault(program.name, []).append(program.run())
        self.clear()
        return cell

    def prepare(self):
        if self.before:
            self.before()

    def clear(self):
        """Removes large results."""


class Kernel(Case):
    """Kernels of normal points with themselves, from file to file."""

    def __init__(self, isthmus, points, precision, kernels, has_peer):
        self.points, self.precision, self.kernels = points, precision, kernels
        self.x, self.network = FOLDER / "x.npy", FOLDER / "network.yaml"
        self.outs = {"isthmus": FOLDER / "isthmus-out", "neural-tangents": FOLDER / "neural-tangents-out"}
        options = ["--network", self.network, "--x", self.x, "--get", kernels, "--precision", precision, "--device", "cpu"]
        programs = [Program("isthmus", [isthmus, "kernel", *options, "--out", self.outs["isthmus"]])]
        if has_peer:
            job = [sys.executable, "-m", "peers.neural_tangents_job", self.x, LAYERS, precision, kernels, self.outs["neural-tangents"]]
            programs.append(Program("neural-tangents", job))
        fields = {"points": points, "precision": precision, "output": len(kernels.split(",")) * points**2 * numpy.dtype(precision).itemsize}
        # To take away a large file that is replaced would be part of the time.
        super().__init__(f"kernel {kernels} {points} {precision}", programs, before=self.clear, fields=fields)

    def make(self):
        self.network.write_text(NETWORK)
        numpy.save(self.x, numpy.random.default_rng(self.points).standard_normal((self.points, WIDTH)).astype(self.precision))

    def clear(self):
        for out in self.outs.values():
            shutil.rmtree(out, ignore_errors=True)

    def files(self, name):
        return [self.outs[name] / f"{kernel}.npy" for kernel in self.kernels.split(",")]

    def work_alone(self):
        """The kernel alone, and a copy of its files on the same disk: the least of three."""
        ours, *peers = self.programs
        seconds = {ours.name: min(self.compute(ours) for _ in range(3))}
        copy = min(self.copy() for _ in range(3))
        for peer in peers:
            seconds[peer.name] = float(peer.output("steady").split()[-1])
        return seconds | {"copy": copy}

    def compute(self, program):
        self.clear()
        return json.loads(program.output("--json"))["seconds"]["compute"]

    def copy(self):
        target = FOLDER / "copy"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        os.sync()
        start = time.perf_counter()
        subprocess.run(["cp", *self.files("isthmus"), target], check=True)
        seconds = time.perf_counter() - start
        shutil.rmtree(target)
        return seconds

    def verify(self):
        """Some rows of each kernel, over its largest element; see `wide_kernels.Problem.bound`."""
        differences = {}
        for peer in self.programs[1:]:
            for kernel, ours, theirs in zip(self.kernels.split(","), self.files("isthmus"), self.files(peer.name)):
                one, other = (numpy.load(file, mmap_mode="r") for file in (ours, theirs))
                assert one.shape == other.shape == (self.points, self.points) and one.dtype == other.dtype == self.precision
                rows = slice(None, None, max(1, self.points // 1000))
                difference = float(numpy.max(numpy.abs(one[rows] - other[rows])) / numpy.max(numpy.abs(one[rows])))
                bound = LAYERS * (16 * float(numpy.finfo(self.precision).eps)) ** 0.5
                if not difference <= bound:
                    sys.exit(f"{self.name}: {kernel} of {peer.name} differs by {difference:.2g}, bound {bound:.2g}: not timed")
                differences[kernel] = difference
        return differences


class OpenCLStart(Case):
    """The smallest kernel on an OpenCL device, with empty caches of the driver and of Isthmus, or as the start before left them."""

    def __init__(self, isthmus, device, is_filled):
        caches, network = FOLDER / "caches", FOLDER / "network.yaml"
        settings = {"HOME": caches, "XDG_CACHE_HOME": caches / "xdg", "POCL_CACHE_DIR": caches / "pocl", "CUDA_CACHE_PATH": caches / "cuda"}
        command = [isthmus, "kernel", "--network", network, "--x", FOLDER / "x-small.npy", "--out", FOLDER / "small-out", "--device", device]
        program = Program("isthmus", command, {name: str(folder) for name, folder in settings.items()})
        self.caches, self.is_filled = caches, is_filled
        before = None if is_filled else self.empty
        super().__init__(f"kernel 100 {device}, caches {'filled' if is_filled else 'empty'}", [program], before=before)

    def make(self):
        (FOLDER / "network.yaml").write_text(NETWORK)
        numpy.save(FOLDER / "x-small.npy", numpy.random.default_rng(1).standard_normal((100, 20)))
        self.empty()

    def empty(self):
        shutil.rmtree(self.caches, ignore_errors=True)
        (self.caches / "pocl").mkdir(parents=True)

    def cached(self):
        """Contents of files, less those in which PoCL notes its last access; Isthmus notes its own in a file's date."""
        files = (Path(folder) / name for folder, _, names in os.walk(self.caches) for name in names if name != "last_accessed")
        return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.stat().st_size > 0}

    def verify(self):
        """With filled caches a second start compiles nothing: it writes no file."""
        if not self.is_filled:
            return {}
        before = self.cached()
        self.programs[0].run()
        written = len(self.cached().items() - before.items())
        return {"files that the second start wrote to the caches": written}


class Run(Case):
    """An experiment from settings to its table; the work is what the device did by `--profile`."""

    def __init__(self, isthmus, name, *options):
        self.results = FOLDER / "results"
        command = [isthmus, "run", "bottleneck", "--results", self.results, "--no-plots", "--quiet", "--device", "cpu", *options]
        super().__init__(name, [Program("isthmus", command)], before=lambda: shutil.rmtree(self.results, ignore_errors=True))

    def make(self):
        images(FOLDER / "images", 60000, 10000)

    def work_alone(self):
        self.prepare()
        lines = json.loads(self.programs[0].output("--profile", "--json"))["profile"]["lines"]
        return {"isthmus": sum(line["seconds"] for line in lines if line["operation"] not in ("all", "host"))}


def images(folder, count, tests):
    """Random images in files like MNIST's: reading them takes what reading MNIST takes."""
    if folder.exists():
        return
    folder.mkdir()
    random = numpy.random.default_rng(1)
    for prefix, number in (("train", count), ("t10k", tests)):
        head = struct.pack(">4i", 2051, number, 28, 28)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(head + random.integers(0, 256, number * 784, numpy.uint8).tobytes())
        labels = random.integers(0, 10, number, numpy.uint8)
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, number) + labels.tobytes())


def memory_available():
    fields = dict(line.split(":") for line in open("/proc/meminfo").read().splitlines())
    return 1024 * int(fields["MemAvailable"].split()[0])


def cases(isthmus, options):
    FOLDER.mkdir(parents=True, exist_ok=True)
    points = [int(text) for text in options.points.split(",") if text]
    for number in points:
        for precision in options.precisions.split(","):
            # Both kernels of many points would not leave room for the peer.
            kernels = "nngp,ntk" if number < 10000 else "ntk"
            one = number**2 * numpy.dtype(precision).itemsize
            # It holds about ten matrices at a time.
            has_peer = not options.no_peer and 12 * one < memory_available()
            yield Kernel(isthmus, number, precision, kernels, has_peer)
    if options.opencl != "none":
        yield OpenCLStart(isthmus, options.opencl, is_filled=False)
        yield OpenCLStart(isthmus, options.opencl, is_filled=True)
    common = ["--bottlenecks", "1,2,inf", "--draws", "2", "--stop-at", "0", "--compare", "same"]
    yield Run(isthmus, "run bottleneck, digits", "--train", "500", "--test", "500", "--steps", "10" if options.quick else "100", *common)
    # Random images: bases grow with every step as those of real ones do not.
    train = "300" if options.quick else "1000"
    data = ["--data", f"mnist:{FOLDER / 'images'}", "--train", train, "--test", train, "--steps", "10"]
    yield Run(isthmus, "run bottleneck, MNIST's size", *data, *common)
    yield Case("list", [Program("isthmus", [isthmus, "list"])])
    yield Case("check --filter gemm", [Program("isthmus", [isthmus, "check", "--device", "cpu", "--filter", "gemm"])])
