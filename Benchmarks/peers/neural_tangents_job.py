"""A small job as a program of its own, for `start-up`: `neural_tangents_job.py X LAYERS OUT`, in float64 on the processor."""

import sys
import types
from pathlib import Path

import jax

# This part of the package needs TensorFlow.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")
jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

import numpy  # noqa: E402
from neural_tangents import stax  # noqa: E402

x, layers, out = numpy.load(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
_, _, kernel = stax.serial(*([stax.Dense(1, W_std=2**0.5, b_std=0.1), stax.Relu()] * layers), stax.Dense(1, W_std=1.0, b_std=0.0))
kernels = jax.jit(lambda x: kernel(x, None, ("nngp", "ntk")))(x)
out.mkdir(exist_ok=True)
for name in ("nngp", "ntk"):
    numpy.save(out / f"{name}.npy", numpy.asarray(getattr(kernels, name)))
