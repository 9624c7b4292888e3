"""NNGP and tangent kernel by neural-tangents, for `kernels`. `neural_tangents_kernel.py PRECISION PLATFORM FORM`.

PLATFORM: cpu or cuda. FORM: jitted, the whole kernel function as one program, or plain, operation by operation.
"""

import json
import os
import sys
import time
import types
from pathlib import Path

import jax

# This part of the package needs TensorFlow, which would be 2 GB on disk and some hundred MB of the memory that is compared.
sys.modules["neural_tangents.experimental"] = types.ModuleType("neural_tangents.experimental")
precision, platform, form = sys.argv[1:]
jax.config.update("jax_platforms", platform)
# With 64 bits at hand neural-tangents computes in float64 whatever it is given.
jax.config.update("jax_enable_x64", precision == "float64")
# No TF32.
jax.config.update("jax_default_matmul_precision", "highest")

import jaxlib  # noqa: E402
import neural_tangents  # noqa: E402
import numpy  # noqa: E402
from neural_tangents import stax  # noqa: E402


class Kernel:
    def __init__(self, problem):
        shape = problem["points"], problem["width"]
        self.x = jax.device_put(numpy.fromfile(Path(problem["folder"]) / "x", precision).reshape(shape))
        layers = [stax.Dense(1, W_std=problem["weightVariance"] ** 0.5, b_std=problem["biasVariance"] ** 0.5), stax.Relu()]
        _, _, kernel = stax.serial(*(layers * problem["depth"]), stax.Dense(1, W_std=1.0, b_std=0.0))
        kernels = lambda x: kernel(x, None, ("nngp", "ntk"))
        self.function = jax.jit(kernels) if form == "jitted" else kernels
        self.kernels = None

    def run(self, repeats):
        start = time.perf_counter()
        for _ in range(repeats):
            self.kernels = None
            self.kernels = self.function(self.x)
        jax.block_until_ready((self.kernels.nngp, self.kernels.ntk))
        return time.perf_counter() - start

    def write(self, folder):
        for name in ("nngp", "ntk"):
            kernel = numpy.asarray(getattr(self.kernels, name))
            assert kernel.dtype == precision
            kernel.tofile(Path(folder) / name)


def main():
    answer = lambda fields: print(json.dumps(fields), flush=True)
    answer({
        "version": neural_tangents.__version__, "jax": jax.__version__, "jaxlib": jaxlib.__version__, "device": jax.devices()[0].device_kind,
        "cores": len(os.sched_getaffinity(0))})
    kernel = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["action"] == "load":
            kernel = Kernel(request["problem"])
            answer({})
        elif request["action"] == "run":
            answer({"seconds": kernel.run(request["repeats"])})
        else:
            kernel.write(request["folder"])
            answer({})


if __name__ == "__main__":
    main()
