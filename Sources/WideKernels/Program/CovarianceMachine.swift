/// What a program is run for: numbers, derivatives, printed text, loops, or facts about it.
///
/// One method per kind of element; a new kind is a method here, so that the compiler names every machine that has to learn it. A pointwise
/// layer is no new kind: `PointwiseLayer` brings its formulas along, and machines need nothing more.
public protocol CovarianceMachine {
  /// What the machine knows of a value.
  associatedtype State
  /// The value after an affine map with all of its parameters trained.
  mutating func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State
  /// The value after a layer that acts on each pair of inputs alone.
  mutating func pointwise(_ x: State, _ layer: PointwiseLayer) -> State
}

/// What is known of a program from its nodes alone.
struct FactMachine: CovarianceMachine {
  private(set) var words: [String] = []
  private(set) var layers: [PointwiseLayer] = []

  mutating func affine(_ x: Void, weightVariance: Double, biasVariance: Double) {
    words.append("\(CovarianceProgram.affineName)(\(weightVariance),\(biasVariance))")
  }

  mutating func pointwise(_ x: Void, _ layer: PointwiseLayer) {
    words.append("\(layer)")
    layers.append(layer)
  }
}
