"""A program that is timed: a process that answers requests, one JSON object a line, and reads its own clock."""

import json
import os
import subprocess
import sys
import time

from peers import environment


class Contender:
    def __init__(self, name, command, threads, settings=None):
        """`threads`: cores that the process may use; `settings`: environment variables of its own."""
        self.name, self.threads = name, threads
        allowed = environment.cores(threads)
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=environment.HERE,
            env=os.environ | (settings or {}), preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        self.about = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, action, **fields):
        self.process.stdin.write(json.dumps({"action": action, **fields}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, repeats=1):
        """Of one run, the mean of `repeats` that follow each other."""
        return float(self.ask("run", repeats=repeats)["seconds"]) / repeats

    def memory(self):
        """Resident memory of the process in bytes: the most there has been, and what there is now."""
        status = open(f"/proc/{self.process.pid}/status").read()
        return {name: 1024 * int(status.split(key)[1].split()[0]) for name, key in (("peak", "VmHWM:"), ("now", "VmRSS:"))}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def isthmus(program, device, threads):
    settings = {"ISTHMUS_THREADS": str(threads), "POCL_MAX_PTHREAD_COUNT": str(threads)}
    return Contender(f"isthmus {device}", [program, device], threads, settings)


def alternate(contenders, runs, repeats=1, longest=30):
    """Seconds of each contender by its name, one run of each in turn; after `longest` seconds and 3 runs no more are begun."""
    seconds = {contender.name: [] for contender in contenders}
    start = time.perf_counter()
    for run in range(runs):
        if run >= 3 and time.perf_counter() - start > longest:
            break
        for contender in contenders:
            # Threads of the one before still look for work, those of OpenBLAS for 2^28 cycles.
            time.sleep(0.15 if contender.threads > 1 else 0)
            seconds[contender.name].append(float(f"{contender.seconds(repeats):.5g}"))
    return seconds
