"""Problems for `gemm` and the test that two contenders agree on one."""

from dataclasses import dataclass

import numpy

from peers import environment


@dataclass(frozen=True)
class Problem:
    """C [batch, n, n] = A · op(B)."""
    n: int
    batch: int
    precision: str
    transposed: bool

    @property
    def operations(self):
        return 2 * self.batch * self.n**3

    @property
    def repeats(self):
        """Products between two looks at the clock: some tens of milliseconds of them."""
        return max(1, round(2e9 / self.operations))

    @property
    def folder(self):
        return environment.BUILD / "product"

    def make(self):
        """Writes numbers uniform in (-1, 1), the same for every contender."""
        self.folder.mkdir(parents=True, exist_ok=True)
        random = numpy.random.default_rng(self.n)
        for name in ("a", "b"):
            values = random.random(self.batch * self.n * self.n, dtype=self.precision)
            (2 * values - 1).tofile(self.folder / name)

    def load(self, contenders):
        sizes = {"m": self.n, "n": self.n, "k": self.n, "batch": self.batch}
        request = {"folder": str(self.folder), "isSingle": self.precision == "float32", "transposeB": self.transposed, **sizes}
        for contender in contenders:
            contender.ask("load", problem=request)

    @property
    def bound(self):
        """On the largest difference of two results over the root mean square of C: 8 √n u, with u the unit roundoff.

        An element is a sum of n terms with random signs; summed one after the other in any order its error has a deviation of
        about 0.2 √n u of the element's, so 8 √n u is far out for millions of elements and far below one wrong term.
        """
        return 8 * self.n**0.5 * float(numpy.finfo(self.precision).eps) / 2

    def result(self, contender):
        """C after one product: the first, so that it also warms the contender up."""
        contender.seconds()
        file = self.folder / "c"
        contender.ask("write", file=str(file))
        return numpy.fromfile(file, self.precision)

    def difference(self, expected, got):
        assert expected.size == got.size == self.batch * self.n**2
        scale = float(numpy.sqrt(numpy.mean(numpy.square(expected, dtype="float64"))))
        return float(numpy.max(numpy.abs(expected - got))) / scale
