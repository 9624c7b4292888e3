import Compute
import Synchronization
import WideKernels

/// Kinds of work whose speeds are measured: work of one kind and of like size takes about as long, whatever asks for it.
package enum WorkKind: String, Sendable, CaseIterable {
  // Of a device, at a precision.
  /// Products of square matrices, by multiply-adds; by bytes those of large matrices with few columns, with one, and of few columns with few rows.
  case product, thinProduct, vectorProduct, outerProduct
  /// Functions of every element: simple ones by bytes, activations by nominal multiply-adds.
  case map, activation
  /// Passes over pairs and kernels of pairs, by nominal multiply-adds.
  case widePass, featurePass, kernel
  /// Copies and sums of rows, and normal numbers, by bytes.
  case copy, normals
  /// Triangular solves, by multiply-adds.
  case solve
  /// Bytes from the host, to it, and of memory.
  case upload, download, allocation
  // Of the host.
  /// Normal numbers of a stream, by their number.
  case hostNormals
  /// Losses and margins at points, by their number.
  case hostPoints
  /// Slopes of deep linear networks, by multiply-adds, and eigenvalues of an n × n matrix, by n³.
  case hostFlow, hostEigenvalues
}

/// One piece of work, by its size for each kind that may be what it takes longest for.
struct Work: Sendable {
  let precision: Precision
  let sizes: [(kind: WorkKind, size: Double)]

  init(_ kind: WorkKind, _ precision: Precision, size: Double) { (self.precision, sizes) = (precision, [(kind, size)]) }

  init(_ job: BackendJob) {
    let work = job.declaredWork
    precision = job.precision
    sizes =
      switch job {
      case .gemm(let product): [(.product, work.multiplyAdds), (Self.shape(product), work.bytes)]
      case .map(let map): [(.map, work.bytes)] + (Self.multiplyAdds(map).map { [(.activation, $0)] } ?? [])
      case .widePass: [(.widePass, work.multiplyAdds)]
      case .featurePass: [(.featurePass, work.multiplyAdds)]
      case .recursion, .recursionVJP, .blockKernel: [(.kernel, work.multiplyAdds)]
      case .copyRows, .reduceRows: [(.copy, work.bytes)]
      case .fillNormal: [(.normals, work.bytes)]
      case .triangularSolve: [(.solve, work.multiplyAdds)]
      }
  }

  /// What a product is bound by where it is not its multiply-adds.
  private static func shape(_ product: GEMMJob) -> WorkKind {
    if product.inner <= 2 { return .outerProduct }
    return min(product.c.rows, product.c.columns) <= 2 ? .vectorProduct : .thinProduct
  }

  /// Nominal multiply-adds of a function of an activation; nil for other functions.
  private static func multiplyAdds(_ job: MapJob) -> Double? {
    switch job.function {
    case .activation(let activation): Double(job.out.count) * costs.value(activation, isSlope: false)
    case .activationSlope(let activation), .activationVJP(let activation), .activationCurvature(let activation):
      Double(job.out.count) * costs.value(activation, isSlope: true)
    default: nil
    }
  }

  private static let costs = ActivationCosts()
}

/// Nominal multiply-adds of activations, counted from a formula when it is first met.
private final class ActivationCosts: Sendable {
  private let known = Mutex<[String: Double]>([:])

  func value(_ activation: ActivationKind, isSlope: Bool) -> Double {
    known.withLock { known in
      let key = "\(activation) \(isSlope)"
      if let cost = known[key] { return cost }
      let x = KernelExpression.variable("x"), formulas = activation.formulas
      let cost = ArithmeticCost.multiplyAdds([isSlope ? formulas.slope(x) : formulas.value(x)])
      known[key] = cost
      return cost
    }
  }
}
