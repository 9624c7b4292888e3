"""Problems for `kernels` and the test that two contenders agree on one."""

from dataclasses import asdict, dataclass

import numpy

from peers import environment

WIDTH, WEIGHT_VARIANCE, BIAS_VARIANCE = 784, 2, 0.01
KERNELS = ("nngp", "ntk")


@dataclass(frozen=True)
class Problem:
    """NNGP and NTK of `depth` ReLU layers between `points` normal inputs of 784 numbers."""
    points: int
    depth: int
    precision: str

    @property
    def folder(self):
        return environment.BUILD / "kernel"

    def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        random = numpy.random.default_rng(self.points)
        random.standard_normal((self.points, WIDTH)).astype(self.precision).tofile(self.folder / "x")

    def load(self, contender):
        contender.ask("load", problem={
            "folder": str(self.folder), "isSingle": self.precision == "float32", "points": self.points, "width": WIDTH, "depth": self.depth,
            "weightVariance": WEIGHT_VARIANCE, "biasVariance": BIAS_VARIANCE})

    @property
    def bound(self):
        """On the largest difference over the largest element: depth · √(32 u), with u the unit roundoff.

        The tangent kernel is multiplied by 1 − θ/π in every layer, θ the angle of two points, whose cosine is known to some u: of a small
        angle, as between points with themselves and behind many layers, that leaves half of the digits.
        """
        return self.depth * (16 * float(numpy.finfo(self.precision).eps)) ** 0.5

    @property
    def median_bound(self):
        """On the median difference over the largest element: some roundings in every layer."""
        return self.depth * 4 * float(numpy.finfo(self.precision).eps)

    def results(self, contender):
        """Both kernels of a contender that has run."""
        contender.ask("write", folder=str(self.folder))
        return [numpy.fromfile(self.folder / name, self.precision) for name in KERNELS]

    def differences(self, expected, got):
        """Of each kernel, over its largest element: the largest, and the median."""
        out = {}
        for name, one, other in zip(KERNELS, expected, got):
            assert one.size == other.size == self.points**2
            difference = numpy.abs(one - other) / numpy.max(numpy.abs(one))
            out[name] = {"largest": float(difference.max()), "median": float(numpy.median(difference))}
        return out

    def record(self):
        return asdict(self)
