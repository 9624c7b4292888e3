import Compute

/// One operation at one choice of sizes, with the check of its result. The same on every device.
public struct BenchmarkCase: Sendable, CustomStringConvertible {
  /// The operation family, such as `gemm`; rows of one family can be compared with each other.
  public let family: String
  /// What distinguishes the case within its family beside its sizes, such as `square` or an activation; may be empty.
  public let variant: String
  /// Named sizes in the order in which they are shown, such as m, n, k.
  public let sizes: [BenchmarkSize]
  /// Precisions at which the case is measured.
  public let precisions: Set<Precision>
  /// Numbers that the case holds on the device at one time, about.
  let elements: Int
  /// Multiply-adds of a preparation and of a run, about, where they depend on numbers: for a plan.
  let planned: (prepare: Double, run: Double)?
  let prepare: @Sendable (Engine) throws -> PreparedBenchmark

  /// - Parameter prepare: makes inputs and outputs; called twice, and not timed.
  package init(
    _ family: String, _ variant: String = "", sizes: [BenchmarkSize], precisions: Set<Precision> = Set(Precision.allCases), elements: Int,
    planned: (prepare: Double, run: Double)? = nil, prepare: @escaping @Sendable (Engine) throws -> PreparedBenchmark
  ) {
    (self.family, self.variant, self.sizes, self.precisions) = (family, variant, sizes, precisions)
    (self.elements, self.planned, self.prepare) = (elements, planned, prepare)
  }

  /// Names the case in every report: `gemm square m1024 n1024 k1024`.
  public var description: String {
    ([family] + (variant.isEmpty ? [] : [variant]) + sizes.map(\.description)).joined(separator: " ")
  }
}

/// A size by its letter in the documentation of the operation.
public struct BenchmarkSize: Sendable, Codable, Hashable, CustomStringConvertible {
  /// Name of the size, such as m.
  public let name: String
  /// The size itself.
  public let value: Int

  package init(_ name: String, _ value: Int) {
    self.name = name
    self.value = value
  }

  public var description: String { "\(name)\(value)" }
}

/// A case with its tensors in place.
package struct PreparedBenchmark {
  /// Puts back what a run changes; not timed.
  var reset: (() throws -> Void)?
  /// What is timed; need not wait for the device.
  var run: () throws -> Void
  /// Judges the result of the last run.
  var verify: () throws -> Verification
  /// The least work, where it is not that of the device's operations; nil takes theirs.
  var work: DeclaredWork?

  package init(
    reset: (() throws -> Void)? = nil, work: DeclaredWork? = nil, run: @escaping () throws -> Void,
    verify: @escaping () throws -> Verification
  ) {
    self.reset = reset
    self.work = work
    self.run = run
    self.verify = verify
  }
}

/// How a result was judged.
public struct Verification: Sendable, Codable, Equatable {
  /// The largest error in units of its bound: at most 1 in a correct result.
  public let residual: Double
  /// What the result was compared with, and over how many numbers.
  public let method: String

  public init(residual: Double, method: String) {
    self.residual = residual
    self.method = method
  }

  /// Whether the residual is at most 1; false for one that is not a number.
  public var passed: Bool { residual <= 1 }
}
