/// Ranges that no type expresses.
enum Constraint {
  static func fault(weightVariance: Double, _ name: String) -> NetworkError? {
    weightVariance > 0 && weightVariance.isFinite ? nil : .variance(name: name, expected: "> 0", got: weightVariance)
  }

  static func fault(biasVariance: Double, _ name: String) -> NetworkError? {
    biasVariance >= 0 && biasVariance.isFinite ? nil : .variance(name: name, expected: ">= 0", got: biasVariance)
  }

  static func fault(width: Int, _ name: String) -> NetworkError? { width >= 1 ? nil : .width(name: name, got: width) }

  /// A description written in a program is a mistake of that program; one that was read is checked by `init(from:)` before.
  static func require(_ faults: NetworkError?...) {
    for case let fault? in faults { preconditionFailure(fault.description) }
  }

  static func check(_ faults: NetworkError?...) throws(NetworkError) {
    for case let fault? in faults { throw fault }
  }
}
