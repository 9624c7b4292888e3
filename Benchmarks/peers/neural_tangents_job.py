"""Kernels of points in a file as a program of its own, for `whole-command`: `neural_tangents_job.py X LAYERS PRECISION KERNELS OUT [steady]`.

On the processor. With `steady` the kernels are computed again, three times, and the last line of the output is the least seconds of one.
"""

import sys
import time
import types
from pathlib import Path

import jax

# This part of the package needs TensorFlow.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")
x, layers, precision, kernels, out, *steady = sys.argv[1:]
jax.config.update("jax_platforms", "cpu")
# With 64 bits at hand neural-tangents computes in float64 whatever it is given.
jax.config.update("jax_enable_x64", precision == "float64")

import numpy  # noqa: E402
from neural_tangents import stax  # noqa: E402

names = tuple(kernels.split(","))
x = numpy.load(x)
_, _, kernel = stax.serial(*([stax.Dense(1, W_std=2**0.5, b_std=0.1), stax.Relu()] * int(layers)), stax.Dense(1, W_std=1.0, b_std=0.0))
function = jax.jit(lambda x: {name: getattr(kernel(x, None, names), name) for name in names})
results = function(x)
Path(out).mkdir(exist_ok=True)
for name in names:
    numpy.save(Path(out) / f"{name}.npy", numpy.asarray(results[name]))
if steady:
    seconds = []
    for _ in range(3):
        results = None
        start = time.perf_counter()
        results = jax.block_until_ready(function(x))
        seconds.append(time.perf_counter() - start)
    print(min(seconds))
