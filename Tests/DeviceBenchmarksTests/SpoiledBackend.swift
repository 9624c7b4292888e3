import Compute
import ReferenceBackend
import WideKernels

/// The reference with one operation whose last number is wrong by a hundredth and a thousandth.
struct SpoiledBackend: BackendWrapper {
  let operation: String
  let backend: any Backend = ReferenceBackend()

  init(_ operation: String) { self.operation = operation }

  private func spoil(_ name: String, _ out: Tensor?) throws(ComputeError) {
    guard name == operation, let out else { return }
    let engine = try Engine(backend, precision: out.precision)
    let place = out.item(out.batch - 1).rows(out.rows - 1..<out.rows).columns(out.columns - 1..<out.columns)
    try engine.write([1.01 * engine.read(place)[0] + 1e-3], into: place)
  }

  func perform(_ job: BackendJob) throws(ComputeError) {
    try backend.perform(job)
    switch job {
    case .gemm(let job):
      try spoil("gemm", job.c)
      // Of the products of a training step, only those of gradients are transposed so.
      if job.operation.transposeA { try spoil("gradient", job.c) }
    case .recursion(let job): try spoil("recursion", job.ntk)
    case .recursionVJP(let job): try spoil("recursionVJP", job.rowCotangent)
    case .blockKernel(let job): try spoil("blockKernel", job.nngp)
    case .widePass(let job): try spoil("widePass", job.jacobian ?? job.value)
    case .featurePass(let job): try spoil("featurePass", job.jacobian ?? job.value)
    case .triangularSolve(let job): try spoil("triangularSolve", job.b)
    default: break
    }
  }
}
