"""C = A · op(B) by PyTorch, so cuBLAS on an NVIDIA device, TF32 off, for `gemm`. `torch_product.py DEVICE`."""

import json
import os
import sys
import time
from pathlib import Path

import numpy
import torch


class Product:
    def __init__(self, device, problem):
        self.device = device
        m, n, k, batch = (problem[name] for name in ("m", "n", "k", "batch"))

        def matrices(name, *shape):
            values = numpy.fromfile(Path(problem["folder"]) / name, "float32" if problem["isSingle"] else "float64")
            return torch.from_numpy(values.reshape(batch, *shape)).to(device)

        self.a = matrices("a", m, k)
        self.b = matrices("b", n, k).transpose(1, 2) if problem["transposeB"] else matrices("b", k, n)
        if batch == 1:
            self.a, self.b = self.a[0], self.b[0]
        self.c = torch.empty(self.a.shape[:-1] + self.b.shape[-1:], dtype=self.a.dtype, device=device)

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def run(self, repeats):
        self.wait()
        start = time.perf_counter()
        for _ in range(repeats):
            torch.matmul(self.a, self.b, out=self.c)
        self.wait()
        return time.perf_counter() - start


def main():
    device = torch.device(sys.argv[1])
    torch.backends.cuda.matmul.allow_tf32 = False
    if device.type == "cpu":
        torch.set_num_threads(len(os.sched_getaffinity(0)))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    answer = lambda fields: print(json.dumps(fields), flush=True)
    answer({"version": torch.__version__, "cuda": torch.version.cuda, "device": name})
    product = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["action"] == "load":
            product = None
            product = Product(device, request["problem"])
            answer({})
        elif request["action"] == "run":
            answer({"seconds": product.run(request["repeats"])})
        else:
            product.c.cpu().numpy().tofile(request["file"])
            answer({})


if __name__ == "__main__":
    main()
