import Compute

extension ConformanceSuite {
  /// Whether what else a call computes changes a number: every job beside the same job on parts of it, which must give the same bits.
  public static var neighbourCases: [ConformanceCase] { neighbours { $0.isPromised } }

  /// Cases like `neighbourCases` of what `Backend` does not promise: few rows or columns, and many centres or wide inputs, whose sums a
  /// backend may split by how many there are.
  public static var closeNeighbourCases: [ConformanceCase] { neighbours { !$0.isPromised } }

  private static func neighbours(where isWanted: (NeighbourCase) -> Bool) -> [ConformanceCase] {
    neighbourBodies.filter(isWanted).enumerated().map { index, body in
      ConformanceCase(operation: .job(body.operation), label: "neighbours \(body.label)", seed: UInt64(index + 1), body: body)
    }
  }
}
