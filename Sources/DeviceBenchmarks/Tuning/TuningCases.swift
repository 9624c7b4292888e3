import Compute
import DeviceTuning
import WideKernels

/// What is measured for an operation: the shapes that take most of the time of experiments, small enough for many candidates.
enum TuningCases {
  static func cases(_ operation: TunableOperation, isGPU: Bool, isQuick: Bool) -> [BenchmarkCase] {
    // A GPU needs more points to be busy.
    let points = isGPU ? 16_000 : 2000
    let all: [BenchmarkCase]
    switch operation.workload {
    case .products(let side):
      all = [
        MatrixProduct(variant: "square", m: side, n: side, k: side).benchmark,
        MatrixProduct(variant: "nt", m: side, n: side, k: 512, operation: GEMM(transposeB: true)).benchmark,
      ]
    case .recursions:
      all = [ActivationKind.relu, .erf].map { Recursion(activation: $0, depth: 3, points: points).benchmark }
    case .widePasses:
      let centres = 500
      all = [
        CentrePass(activation: .erf, points: points, centres: centres, width: 2, hasJacobian: true).benchmark,
        CentrePass(activation: .relu, depth: 3, points: points, centres: centres, width: 4, hasJacobian: true, outputs: 10).benchmark,
        CentrePass(activation: .erf, points: centres, centres: points, width: 2, hasJacobian: false).benchmark,
      ]
    case .featurePasses:
      let features = 1024
      all = [
        WideFunctionPass(activation: .erf, points: points, features: features, width: 2, hasJacobian: true).benchmark,
        WideFunctionPass(activation: .relu, points: points, features: features, width: 4, hasJacobian: true, outputs: 10).benchmark,
        WideFunctionPass(activation: .relu, points: points, features: features, width: 2, hasJacobian: false).benchmark,
        WideFunctionPass(activation: .relu, points: points, features: features, width: 4, hasJacobian: false).benchmark,
      ]
    }
    return isQuick ? Array(all.prefix(1)) : all
  }
}
