import Sizes

/// How many runs the settings of an experiment ask for.
enum RunCount {
  /// What a results folder and its figures still hold; far below what fills memory with the list alone.
  static let most = 100_000

  /// Throws where there are too many to be listed, before anything is.
  ///
  /// - Parameter factors: numbers that are multiplied, and of what they are.
  static func check(_ factors: [(what: String, count: Int)]) throws(ExperimentError) {
    let count = Size.product(factors.map(\.count))
    guard count <= Size(most) else {
      throw .tooManyRuns(
        count: factors.map { "\($0.count) \($0.what)" }.joined(separator: " times "), most: most)
    }
  }
}
