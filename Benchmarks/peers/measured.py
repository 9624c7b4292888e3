"""Runs a command and says what it took: `measured.py FILE COMMAND...` writes seconds, processor seconds and peak bytes as JSON.

A process of its own and a small one: a child begins with the peak memory of the process that it was forked from.
"""

import json
import os
import sys
import time

file, *command = sys.argv[1:]
start = time.perf_counter()
child = os.fork()
if child == 0:
    try:
        os.execvp(command[0], command)
    finally:
        os._exit(127)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
with open(file, "w") as out:
    json.dump({"seconds": seconds, "processor": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}, out)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
