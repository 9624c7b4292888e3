import Compute
import Matrices
import Networks
import WideKernels

/// One infinitely wide block of several runs during training: the functions it began as, and what training has added.
///
/// Functions of positions ξ in the block's input space, with the block's tangent kernel K ⊗ identity on its outputs.
/// Passes take all runs at once; what grows (pivots, centres) is each run's own.
struct WideFunctions {
  enum Changes {
    case bases([BasisChange])
    case histories([HistoryChange])
  }

  let inputs: Int
  let outputs: Int
  private(set) var changes: Changes
  private var initial: InitialFunctions
  private let program: CovarianceProgram
  private let engine: Engine
  private let passEngine: Engine

  init(
    _ block: WideBlock, inputs: Int, initial: [InitialFunction], history: HistoryKind, momentum: Double, points: Int, index: Int,
    on engine: Engine, passEngine: Engine
  ) throws {
    self.inputs = inputs
    outputs = block.outputs
    program = block.program
    self.engine = engine
    self.passEngine = passEngine
    self.initial = try InitialFunctions(initial, on: passEngine)
    switch history {
    case .basis(let tolerance, let rankLimit):
      changes = .bases(
        try initial.map { _ in
          let basis = try PivotedBasis(block.program, width: inputs, tolerance: tolerance, rankLimit: rankLimit, on: engine)
          return try BasisChange(basis, outputs: block.outputs, points: points, block: index, momentum: momentum, passEngine: passEngine)
        })
    case .exact:
      changes = .histories(
        try initial.map { _ in
          try HistoryChange(block.program, width: inputs, outputs: block.outputs, momentum: momentum, on: passEngine)
        })
    }
  }

  /// f(z) `[runs, n, outputs]` and its Jacobian `[runs, n, outputs · inputs]`, output o and coordinate k at o·inputs + k, for
  /// positions `z` `[runs, n, inputs]`, all in float64.
  func read(at z: Tensor, jacobian: Bool) throws -> (value: Tensor, jacobian: Tensor?) {
    let points = try passEngine.converted(z)
    let start = try engine.part(.initialFunctions) { try initial.read(at: points, jacobian: jacobian) }
    let added = try readChanges(at: points, jacobian: jacobian)
    return (
      try sum(start?.value, added?.value, columns: outputs, like: z),
      jacobian ? try sum(start?.jacobian, added?.jacobian, columns: outputs * inputs, like: z) : nil
    )
  }

  /// f ← f − Σ_i K(·, z_i) step_i for one run and its training points `indices` (nil: all) at positions `z` `[1, n, inputs]`;
  /// `step` = ηδ `[1, n, outputs]` with row norms `norms`.
  mutating func descend(run: Int, at z: Tensor, indices: [Int]?, by step: Tensor, norms: [Double]) throws {
    switch changes {
    case .bases(var bases):
      changes = .bases([])
      defer { changes = .bases(bases) }
      try bases[run].descend(at: z, indices: indices, by: step, norms: norms)
    case .histories(var histories):
      changes = .histories([])
      defer { changes = .histories(histories) }
      try engine.part(.writePasses) { try histories[run].descend(at: passEngine.converted(z), by: passEngine.converted(step)) }
    }
  }

  /// Number of centres kept for one run: the rank of its basis, or all that were visited.
  func rank(of run: Int) -> Int {
    switch changes {
    case .bases(let bases): bases[run].basis.rank
    case .histories(let histories): histories[run].count
    }
  }

  /// Bound and estimate of what one run's basis leaves out; nil with the exact history.
  func basisError(of run: Int) -> (bound: Double, estimate: Double)? {
    guard case .bases(let bases) = changes else { return nil }
    return (bases[run].bound, bases[run].estimate)
  }

  /// Everything that one run's later steps depend on, by name.
  func state(of run: Int) throws(ComputeError) -> [String: Matrix] {
    switch changes {
    case .bases(let bases): try bases[run].state()
    case .histories(let histories): try histories[run].state()
    }
  }

  mutating func restore(_ state: [String: Matrix], run: Int) throws {
    switch changes {
    case .bases(var bases):
      try bases[run].restore(state)
      changes = .bases(bases)
    case .histories(var histories):
      try histories[run].restore(state)
      changes = .histories(histories)
    }
  }

  /// Lets only the runs at `indices` go on.
  mutating func keep(_ indices: [Int]) throws(ComputeError) {
    try initial.keep(indices)
    switch changes {
    case .bases(let bases): changes = .bases(indices.map { bases[$0] })
    case .histories(let histories): changes = .histories(indices.map { histories[$0] })
    }
  }

  private func readChanges(at z: Tensor, jacobian: Bool) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?)? {
    switch changes {
    case .bases(let bases):
      let counts = bases.map(\.basis.rank)
      guard let most = counts.max(), most > 0 else { return nil }
      let centres = try passEngine.zeros(batch: bases.count, rows: most, columns: inputs)
      let coefficients = try passEngine.zeros(batch: bases.count, rows: most, columns: outputs)
      for (run, change) in bases.enumerated() where counts[run] > 0 {
        try passEngine.copy(change.basis.centres, into: centres.item(run).rows(0..<counts[run]))
        try passEngine.copy(change.coefficients(), into: coefficients.item(run).rows(0..<counts[run]))
      }
      return try engine.part(.readPasses) { () throws(ComputeError) in
        try passEngine.widePass(
          .ntk, program, points: z, centres: centres, centreCounts: counts, coefficients: coefficients, jacobian: jacobian)
      }
    case .histories(let histories):
      guard histories.contains(where: { $0.count > 0 }) else { return nil }
      var (values, jacobians): ([Tensor], [Tensor]) = ([], [])
      for (run, history) in histories.enumerated() {
        let result = try engine.part(.readPasses) { () throws(ComputeError) in
          try history.read(at: z.item(run), jacobian: jacobian)
        }
        values.append(result.value)
        if let slopes = result.jacobian { jacobians.append(slopes) }
      }
      return (try passEngine.stacked(values), jacobian ? try passEngine.stacked(jacobians) : nil)
    }
  }

  private func sum(_ a: Tensor?, _ b: Tensor?, columns: Int, like z: Tensor) throws(ComputeError) -> Tensor {
    switch (a, b) {
    case (let a?, let b?):
      try passEngine.map(.sum, [a, b], into: a)
      return try engine.converted(a)
    case (let only?, nil), (nil, let only?): return try engine.converted(only)
    case (nil, nil): return try engine.zeros(batch: z.batch, rows: z.rows, columns: columns)
    }
  }
}
