import Matrices

/// The training of a network whose kernel does not move, at any step without those before it.
public protocol FrozenRun {
  /// η.
  var rate: Double { get }
  /// ½ mean |F_t − y|².
  func trainLoss(step: Int) -> Double
  /// F_t at the training points, `[N, outputs]`, for each of `steps`.
  func outputs(steps: [Int]) throws -> [Matrix]
  /// F_t at the test points, for each of `steps`; empty without test points.
  func testOutputs(steps: [Int]) throws -> [Matrix]
  /// F_t at the further points of the first block, where F_0 is `start`, for each of `steps`; empty without further points.
  func furtherOutputs(steps: [Int], from start: Matrix) throws -> [Matrix]
}

extension FrozenRun {
  /// First step at which the loss is at most `fraction` of the initial one, or nil beyond `limit` steps or where it never is.
  public func steps(toFraction fraction: Double, limit: Int = 1 << 40) -> Int? {
    let goal = fraction * trainLoss(step: 0)
    return firstStep(limit: limit) { trainLoss(step: $0) <= goal }
  }
}

/// The first step that satisfies a condition that stays true once it is, or nil beyond `limit`.
func firstStep(limit: Int, _ isReached: (Int) -> Bool) -> Int? {
  if isReached(0) { return 0 }
  var (low, high) = (0, 1)
  while !isReached(high) {
    guard high < limit else { return nil }
    (low, high) = (high, 2 * high)
  }
  while high - low > 1 {
    let middle = (low + high) / 2
    if isReached(middle) { high = middle } else { low = middle }
  }
  return high
}
