import Compute
import Losses
import Matrices
import Networks

/// Many chains of infinitely wide blocks with finite bottlenecks, trained together in the exact limit.
///
/// Function-space backpropagation, all right-hand sides at time t:
///
///     forward    z_{k+1} = f_k(z_k),  F = z_{B+1}
///     backward   δ_{B+1} = (1/N) dl/dF,  δ_k = J_k(z_k)ᵀ δ_{k+1}
///     update     f_k(ξ) ← f_k(ξ) − η Σ_i K_k(ξ, z_k(x_i)) δ_{k+1}(x_i)
///
/// Block 0 has fixed centres, so its update is one matrix Θ_0 times coefficients added up per input. All runs have the same
/// data and the same first block, save for the width of its read-out: one product with Θ_0 per step serves all of them.
/// Passes of the later blocks take the runs of one network at once. A run's numbers do not depend on the others.
/// Source: derived in `Documentation/the-limit.md`; for one bottleneck Littwin et al. 2021.
public final class Lockstep {
  /// One network to be trained.
  public struct Run: Sendable {
    /// Blocks of the network; the first is the lockstep's first block.
    public var network: Network
    /// The initial functions of the blocks.
    public var start: ChainStart
    /// η > 0; the sum over a batch is divided by its size.
    public var rate: Double

    public init(_ network: Network, start: ChainStart, rate: Double) {
      self.network = network
      self.start = start
      self.rate = rate
    }
  }

  /// All runs, those that have ended among them.
  public let runs: [Run]
  /// Loss and momentum of every run.
  public let rule: DescentRule
  /// Steps made so far.
  public internal(set) var step = 0
  /// Numbers of the runs that are still trained.
  public var active: [Int] { groups.flatMap(\.members) }
  /// Mean loss of every run at step 0.
  public private(set) var initialLoss: [Double]
  let first: FirstBlock
  let targets: Matrix
  let engine: Engine
  var groups: [LockstepGroup] = []
  /// C: z_1 = g_0 − Θ_0 C, with all runs' columns side by side, `[1, N, columns]`.
  private(set) var coefficients: Tensor
  private(set) var velocities: Tensor?
  /// g_0 at training and test points.
  private var initial: Tensor
  private var initialTest: Tensor
  private let deviceTargets: Tensor

  /// - Parameters:
  ///   - targets: `[N, outputs]`.
  ///   - engine: float64; `passEngine` may be float32 for the passes over the bases and the initial functions.
  public init(
    _ runs: [Run], first: FirstBlock, targets: Matrix, rule: DescentRule, history: HistoryKind, on engine: Engine,
    passEngine: Engine? = nil
  ) throws {
    for run in runs { try Self.check(run, first, targets, rule) }
    self.runs = runs
    self.rule = rule
    self.first = first
    self.targets = targets
    self.engine = engine
    deviceTargets = try engine.tensor(targets)
    initialLoss = [Double](repeating: 0, count: runs.count)
    var networks: [Network] = []
    for run in runs where !networks.contains(run.network) { networks.append(run.network) }
    groups = try networks.map { network in
      let own = runs.indices.filter { runs[$0].network == network }
      return try LockstepGroup(
        network, own.map { ($0, runs[$0].start, runs[$0].rate) }, rule: rule, history: history, points: first.trainCount, on: engine,
        passEngine: passEngine ?? engine)
    }
    let columns = groups.reduce(0) { $0 + $1.columns }
    coefficients = try engine.zeros(rows: first.trainCount, columns: columns)
    if rule.momentum > 0 { velocities = try engine.zeros(rows: first.trainCount, columns: columns) }
    initial = try engine.empty(rows: first.trainCount, columns: columns)
    initialTest = try engine.empty(rows: first.testCount, columns: columns)
    var column = 0
    for member in groups.flatMap(\.members) {
      let start = runs[member].start
      let own = column..<column + start.train.columns
      try engine.copy(engine.tensor(start.train), into: initial.columns(own))
      if start.test.rows > 0 { try engine.copy(engine.tensor(start.test), into: initialTest.columns(own)) }
      column = own.upperBound
    }
    try engine.part(.start) { try forward() }
    for group in groups {
      for (position, member) in group.members.enumerated() {
        initialLoss[member] = rule.loss.mean(group.outputs[position], targets)
        guard initialLoss[member].isFinite else { throw LearningError.diverged(step: 0, loss: initialLoss[member]) }
      }
    }
  }

  /// One step of every active run on all training points, or on those of `batches`, by run (all of one size).
  ///
  /// - Returns: the runs that end here, which are no longer active: `LearningError.diverged` where a number is not finite or the
  ///   loss is 50 times the initial one, `.rankLimit`.
  public func advance(batches: [Int: [Int]]? = nil) throws -> [Int: LearningError] {
    try engine.part(.step) { try descend(batches) }
  }

  private func descend(_ batches: [Int: [Int]]?) throws -> [Int: LearningError] {
    var failures: [Int: LearningError] = [:]
    if rule.momentum > 0, let velocities { try engine.map(.scaled(by: rule.momentum, plus: 0), [velocities], into: velocities) }
    var column = 0
    for index in groups.indices {
      let members = groups[index].members
      let own = batches.map { batches in members.map { batches[$0] ?? [] } }
      let (update, failed) = try groups[index].descend(own, targets: deviceTargets)
      for (position, error) in failed { failures[members[position]] = error.at(step: step, loss: loss(of: members[position])) }
      let columns = column..<column + groups[index].columns
      try add(update, own, to: (velocities ?? coefficients).columns(columns).columnGroups(width: groups[index].width))
      column = columns.upperBound
    }
    if let velocities { try engine.map(.sum, [coefficients, velocities], into: coefficients) }
    try remove(Set(failures.keys))
    step += 1
    try forward()
    for member in active {
      let loss = loss(of: member)
      if !(loss.isFinite && loss <= Loss.divergence * initialLoss[member]) { failures[member] = .diverged(step: step, loss: loss) }
    }
    try remove(Set(failures.keys))
    return failures
  }

  /// Takes runs out: they have ended.
  public func remove(_ ended: Set<Int>) throws {
    guard active.contains(where: ended.contains) else { return }
    var kept: [Tensor] = []
    var (column, columns) = (0, [Range<Int>]())
    for group in groups {
      for member in group.members {
        if !ended.contains(member) { columns.append(column..<column + group.width) }
        column += group.width
      }
    }
    for matrix in [coefficients, initial, initialTest] + (velocities.map { [$0] } ?? []) { kept.append(try selected(matrix, columns)) }
    (coefficients, initial, initialTest) = (kept[0], kept[1], kept[2])
    if velocities != nil { velocities = kept[3] }
    groups.removeAll { $0.members.allSatisfy(ended.contains) }
    for index in groups.indices where groups[index].members.contains(where: ended.contains) {
      let members = groups[index].members
      try groups[index].keep(members.indices.filter { !ended.contains(members[$0]) })
    }
  }

  /// Mean loss of an active run on the training points at the present step.
  public func loss(of run: Int) -> Double { rule.loss.mean(outputs(of: run), targets) }

  /// F of an active run at the training points, `[N, outputs]`.
  public func outputs(of run: Int) -> Matrix {
    let (group, position) = place(of: run)
    return groups[group].outputs[position]
  }

  /// Positions of the training points in each bottleneck of an active run.
  public func bottlenecks(of run: Int) throws -> [Matrix] {
    let (group, position) = place(of: run)
    return try groups[group].positions.dropLast().map { try engine.matrix(engine.copied($0.item(position))) }
  }

  /// Rank of the basis (or number of centres) of blocks 1, 2, … of an active run.
  public func ranks(of run: Int) -> [Int] {
    let (group, position) = place(of: run)
    return groups[group].functions.map { $0.rank(of: position) }
  }

  /// Rigorous bound and estimate of what the bases of an active run leave out, the largest over blocks; nil with the exact history.
  public func basisError(of run: Int) -> (bound: Double, estimate: Double)? {
    let (group, position) = place(of: run)
    let errors = groups[group].functions.compactMap { $0.basisError(of: position) }
    guard let bound = errors.map(\.bound).max(), let estimate = errors.map(\.estimate).max() else { return nil }
    return (bound, estimate)
  }

  /// |z − z_0| / |z_0| of every bottleneck, for each active run.
  public func movements() throws -> [Int: [Double]] {
    var movements: [Int: [Double]] = [:]
    for group in groups { for (member, own) in zip(group.members, try group.movements()) { movements[member] = own } }
    return movements
  }

  /// Outputs of every block at the test points, for each of `wanted` that is active: the bottlenecks, then F.
  public func testOutputs(of wanted: Set<Int>? = nil) throws -> [Int: [Matrix]] {
    guard let tangentTest = first.tangentTest else { return [:] }
    return try engine.part(.testPoints) { try outputs(of: wanted, atTestPointsBy: tangentTest) }
  }

  private func outputs(of wanted: Set<Int>?, atTestPointsBy kernel: StoredKernel) throws -> [Int: [Matrix]] {
    var results: [Int: [Matrix]] = [:]
    let positions = try engine.part(.tangentProduct) { try moved(initialTest, by: kernel) }
    var column = 0
    for group in groups {
      let columns = column..<column + group.columns
      column = columns.upperBound
      guard group.members.contains(where: { wanted?.contains($0) ?? true }) else { continue }
      let outputs = try group.outputs(from: positions.columns(columns).columnGroups(width: group.width)).map {
        try engine.matrices(engine.copied($0))
      }
      for (position, member) in group.members.enumerated() where wanted?.contains(member) ?? true {
        results[member] = outputs.map { $0[position] }
      }
    }
    return results
  }

  /// Group of an active run, and its position in the group's batch.
  func place(of run: Int) -> (group: Int, position: Int) {
    for (index, group) in groups.enumerated() { if let position = group.members.firstIndex(of: run) { return (index, position) } }
    preconditionFailure("run \(run) has ended; active are \(active)")
  }

  func forward() throws {
    guard !groups.isEmpty else { return }
    let positions = try engine.part(.tangentProduct) { try moved(initial, by: first.tangent) }
    var column = 0
    for index in groups.indices {
      let columns = column..<column + groups[index].columns
      try groups[index].forward(from: positions.columns(columns).columnGroups(width: groups[index].width))
      column = columns.upperBound
    }
  }

  /// g_0 − Θ C.
  private func moved(_ start: Tensor, by kernel: StoredKernel) throws -> Tensor {
    let change = try kernel.product(coefficients)
    let result = try engine.empty(rows: start.rows, columns: start.columns)
    try engine.map(.difference, [start, change], into: result)
    return result
  }

  /// Adds rows of every run to its columns: all rows, or those of its batch.
  private func add(_ update: Tensor, _ batches: [[Int]]?, to target: Tensor) throws(ComputeError) {
    guard let batches else { return try engine.map(.sum, [target, update], into: target) }
    for (run, rows) in batches.enumerated() {
      let sum = try engine.map(.sum, engine.gather(target.item(run), rows: rows), update.item(run))
      try engine.scatter(sum, into: target.item(run), rows: rows)
    }
  }

  private func selected(_ matrix: Tensor, _ columns: [Range<Int>]) throws(ComputeError) -> Tensor {
    let result = try engine.empty(rows: matrix.rows, columns: columns.reduce(0) { $0 + $1.count })
    var column = 0
    for range in columns {
      try engine.copy(matrix.columns(range), into: result.columns(column..<column + range.count))
      column += range.count
    }
    return result
  }

  private static func check(_ run: Run, _ first: FirstBlock, _ targets: Matrix, _ rule: DescentRule) throws(LearningError) {
    let blocks = run.network.blocks
    guard run.rate > 0, run.rate.isFinite else {
      throw .invalid(setting: "learning rate", expected: "a positive number", got: "\(run.rate)")
    }
    guard targets.rows == first.trainCount, targets.columns == blocks[blocks.count - 1].outputs else {
      throw .invalid(
        setting: "targets", expected: "[\(first.trainCount), \(blocks[blocks.count - 1].outputs)]",
        got: "[\(targets.rows), \(targets.columns)]")
    }
    guard run.start.functions.count == blocks.count - 1, run.start.train.columns == blocks[0].outputs else {
      throw .invalid(
        setting: "start", expected: "\(blocks.count - 1) initial functions and g_0 of width \(blocks[0].outputs)",
        got: "\(run.start.functions.count) and \(run.start.train.columns)")
    }
    guard run.start.train.rows == first.trainCount, run.start.test.rows == first.testCount else {
      throw .invalid(
        setting: "start", expected: "g_0 at \(first.trainCount) training and \(first.testCount) test points",
        got: "\(run.start.train.rows) and \(run.start.test.rows)")
    }
    try rule.check(blocks: blocks.count)
  }
}
