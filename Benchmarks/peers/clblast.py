"""C = A · op(B) by CLBlast on an OpenCL device, for `gemm`: the same requests as the Swift programs answer. `clblast.py K`.

K counts devices of all platforms, as `opencl:K` of Isthmus does. Both libraries are loaded at run time.
"""

import ctypes
import json
import sys
import time
from ctypes import byref, c_int, c_size_t, c_uint, c_uint64, c_void_p
from pathlib import Path

import numpy

ALL_DEVICES, READ_WRITE = 0xFFFFFFFF, 1
NAME, DRIVER_VERSION = 0x102B, 0x102D
ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112


def library(name, package):
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        sys.exit(f"{error} (Debian: apt-get install {package})")


def checked(status, what):
    if status != 0:
        sys.exit(f"{what} failed with status {status}")


class Device:
    def __init__(self, cl, index):
        count = c_uint()
        checked(cl.clGetPlatformIDs(0, None, byref(count)), "clGetPlatformIDs")
        platforms = (c_void_p * count.value)()
        checked(cl.clGetPlatformIDs(count, platforms, None), "clGetPlatformIDs")
        devices = []
        for platform in platforms:
            if cl.clGetDeviceIDs(c_void_p(platform), c_uint64(ALL_DEVICES), 0, None, byref(count)) == 0:
                found = (c_void_p * count.value)()
                checked(cl.clGetDeviceIDs(c_void_p(platform), c_uint64(ALL_DEVICES), count, found, None), "clGetDeviceIDs")
                devices += found
        if index >= len(devices):
            sys.exit(f"device {index} was asked for; there are {len(devices)}")
        self.cl, self.id = cl, c_void_p(devices[index])
        status = c_int()
        cl.clCreateContext.restype = cl.clCreateCommandQueue.restype = cl.clCreateBuffer.restype = c_void_p
        self.context = c_void_p(cl.clCreateContext(None, 1, byref(self.id), None, None, byref(status)))
        checked(status.value, "clCreateContext")
        self.queue = c_void_p(cl.clCreateCommandQueue(self.context, self.id, c_uint64(0), byref(status)))
        checked(status.value, "clCreateCommandQueue")

    def text(self, name):
        value = ctypes.create_string_buffer(1024)
        checked(self.cl.clGetDeviceInfo(self.id, name, c_size_t(1024), value, None), "clGetDeviceInfo")
        return value.value.decode()

    def buffer(self, size):
        status = c_int()
        buffer = c_void_p(self.cl.clCreateBuffer(self.context, c_uint64(READ_WRITE), c_size_t(size), None, byref(status)))
        checked(status.value, "clCreateBuffer")
        return buffer

    def upload(self, buffer, values):
        size, data = c_size_t(values.nbytes), values.ctypes.data_as(c_void_p)
        checked(self.cl.clEnqueueWriteBuffer(self.queue, buffer, 1, c_size_t(0), size, data, 0, None, None), "clEnqueueWriteBuffer")

    def download(self, buffer, values):
        size, data = c_size_t(values.nbytes), values.ctypes.data_as(c_void_p)
        checked(self.cl.clEnqueueReadBuffer(self.queue, buffer, 1, c_size_t(0), size, data, 0, None, None), "clEnqueueReadBuffer")

    def wait(self):
        checked(self.cl.clFinish(self.queue), "clFinish")


class Product:
    def __init__(self, device, blast, problem):
        self.device = device
        self.precision = "float32" if problem["isSingle"] else "float64"
        m, n, k, batch = (problem[name] for name in ("m", "n", "k", "batch"))
        self.count = batch * m * n
        real = ctypes.c_float if problem["isSingle"] else ctypes.c_double
        self.buffers = []
        for name in ("a", "b"):
            values = numpy.fromfile(Path(problem["folder"]) / name, self.precision)
            self.buffers.append(device.buffer(values.nbytes))
            device.upload(self.buffers[-1], values)
        self.buffers.append(device.buffer(self.count * numpy.dtype(self.precision).itemsize))
        letter = "S" if problem["isSingle"] else "D"
        self.function = getattr(blast, f"CLBlast{letter}gemmStridedBatched" if batch > 1 else f"CLBlast{letter}gemm")
        a, b, c = self.buffers
        matrices = [(a, k, m * k), (b, k if problem["transposeB"] else n, k * n), (c, n, m * n)]
        operands = [[buffer, c_size_t(0), c_size_t(stride)] + ([c_size_t(item)] if batch > 1 else []) for buffer, stride, item in matrices]
        form = TRANSPOSED if problem["transposeB"] else PLAIN
        self.arguments = [
            c_int(ROW_MAJOR), c_int(PLAIN), c_int(form), c_size_t(m), c_size_t(n), c_size_t(k), real(1), *operands[0], *operands[1], real(0),
            *operands[2], *([c_size_t(batch)] if batch > 1 else []), byref(device.queue), None]

    def run(self, repeats):
        self.device.wait()
        start = time.perf_counter()
        for _ in range(repeats):
            checked(self.function(*self.arguments), "CLBlast's product")
        self.device.wait()
        return time.perf_counter() - start

    def write(self, file):
        values = numpy.empty(self.count, self.precision)
        self.device.download(self.buffers[2], values)
        values.tofile(file)

    def free(self):
        for buffer in self.buffers:
            checked(self.device.cl.clReleaseMemObject(buffer), "clReleaseMemObject")


def main():
    device = Device(library("libOpenCL.so.1", "ocl-icd-libopencl1"), int(sys.argv[1]))
    blast = library("libclblast.so.1", "libclblast1")
    file = Path(next(line.split()[-1] for line in open("/proc/self/maps") if "libclblast" in line))
    answer = lambda fields: print(json.dumps(fields), flush=True)
    answer({"library": file.resolve().name, "device": device.text(NAME), "driver": device.text(DRIVER_VERSION)})
    product = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["action"] == "load":
            if product:
                product.free()
            product = Product(device, blast, request["problem"])
            answer({})
        elif request["action"] == "run":
            answer({"seconds": product.run(request["repeats"])})
        else:
            product.write(request["file"])
            answer({})


if __name__ == "__main__":
    main()
