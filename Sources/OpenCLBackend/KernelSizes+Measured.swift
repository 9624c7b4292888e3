import Compute
import DeviceTuning

/// Sizes of the kernels of one operation at one precision.
package struct OperationTiles: Sendable {
  /// Lanes of a vector, copies of a loop's body, numbers of a block and sums of a work-item.
  package var lanes, copies, block, accumulators: Int
  /// Work-items of a group, and inner indices between two barriers.
  package var group, stage: Int

  /// Outputs that share one evaluation of a kernel or feature, in whole groups of `together`, whose sums are in registers at a time.
  ///
  /// - Parameter rows: sums of an output.
  func outputs(_ count: Int, rows: Int) -> (chunk: Int, together: Int) {
    let together = max(1, min(count, accumulators / rows))
    // Without a block every sum is touched at every centre, and only registers are quick enough for that.
    guard block > 1 else { return (together, together) }
    let most = max(together, min(count, Self.privateSums / rows))
    return ((most + together - 1) / together * together, together)
  }
  /// Sums per work-item in private memory: in float64 vectors of 8, half of a first-level cache.
  private static var privateSums: Int { 256 }

  /// Staged centres or features whose numbers fit the local memory that every device has. No sum depends on it.
  ///
  /// - Parameter numbers: of a centre or feature.
  func stage(numbers: Int, _ precision: Precision) -> Int {
    var fitting = stage
    while fitting > 8, fitting * numbers * precision.byteCount > 32 << 10 { fitting /= 2 }
    return fitting
  }
}

/// What measurement may choose: one operation of a processor, or one class of products of a GPU.
package enum TunedOperation: String {
  /// Recursions, passes, and products without a class of sizes.
  case recursion, widePass, featurePass, gemm
  /// Products that fill the device.
  case largeGEMM = "gemm large"
  /// Products that fill a part of the device.
  case mediumGEMM = "gemm medium"
  /// Products of few tiles.
  case smallGEMM = "gemm small"

  init(_ sizeClass: GroupTile.SizeClass) {
    switch sizeClass {
    case .large: self = .largeGEMM
    case .medium: self = .mediumGEMM
    case .small: self = .smallGEMM
    }
  }
}

extension KernelSizes {
  private func size(_ operation: TunedOperation, _ precision: Precision, _ name: String, _ own: Int) -> Int {
    measured[KernelSizeKey(operation.rawValue, precision, name)] ?? own
  }

  /// Features in float64 take pairs of AVX-512's vectors: values of ReLU 38 %, erf with its slope up to 11 % faster on PoCL.
  private func own(_ operation: TunedOperation, _ precision: Precision) -> (lanes: Int, accumulators: Int) {
    let isPaired = operation == .featurePass && precision == .float64 && doubleLanes == 8
    return isPaired ? (16, 12) : (lanes(precision), accumulators)
  }

  /// Tiles of one operation in one precision.
  package func operation(_ operation: TunedOperation, _ precision: Precision) -> OperationTiles {
    let own = own(operation, precision)
    return OperationTiles(
      lanes: size(operation, precision, "lanes", own.lanes), copies: size(operation, precision, "copies", copies),
      block: size(operation, precision, "block", block), accumulators: size(operation, precision, "accumulators", own.accumulators),
      group: size(operation, precision, "group", group), stage: size(operation, precision, "stage", stage))
  }

  /// The tile of gemm_tiled.cl. Every sum runs in the order of the inner index whatever the tile, so it may depend on the number of items.
  func gemmTile(_ precision: Precision, rows: Int, columns: Int, batch: Int) -> GroupTile {
    gemmTile(GroupTile.sizeClass(precision, rows: rows, columns: columns, batch: batch, units: units), precision)
  }

  private func gemmTile(_ sizeClass: GroupTile.SizeClass, _ precision: Precision) -> GroupTile {
    let own = GroupTile.standard(sizeClass, precision), operation = TunedOperation(sizeClass)
    return GroupTile(
      m: size(operation, precision, "rows", own.m), n: size(operation, precision, "columns", own.n),
      k: size(operation, precision, "depth", own.k), workM: size(operation, precision, "workRows", own.workM),
      workN: size(operation, precision, "workColumns", own.workN))
  }

  /// Tile of a product that reads its operands in place.
  package func directTile(_ operation: GEMM, _ c: Tensor, inner: Int) -> DirectTile {
    DirectTile(
      operation, c, inner: inner, self, vectors: size(.gemm, c.precision, "vectors", 2), depth: directDepth(c.precision))
  }

  /// Inner indices that gemm_direct.cl sums before it touches C: the order of its sums.
  func directDepth(_ precision: Precision) -> Int { size(.gemm, precision, "depth", 384) }

  /// Which kernels these sizes are for.
  var kernels: String { multipliesDirectly ? "processor" : "gpu" }

  /// A table of these sizes with measured ones in place of some.
  ///
  /// - Throws: `.unknownSize` for values that are no candidates of `isthmus tune`.
  package func replacing(by values: MeasuredSizes, precisions: [Precision]) throws(KernelSizeError) -> KernelSizes {
    let operations = tunable(precisions)
    for (key, value) in values.values.sorted(by: { $0.key < $1.key }) {
      guard let operation = operations.first(where: { $0.operation == key.operation && $0.precision == key.precision }) else {
        let known = operations.map { "\($0.operation)/\($0.precision)" }.joined(separator: ", ")
        throw .unknownSize(key: "\(key)", value: value, expected: "sizes of \(known)")
      }
      // The sizes that are chosen together must be chosen so.
      guard let step = operation.steps.first(where: { $0.contains { $0[key.name] != nil } }) else {
        throw .unknownSize(key: "\(key)", value: value, expected: operation.defaults.keys.sorted().joined(separator: ", "))
      }
      guard step.contains(where: { sizes in sizes.allSatisfy { values[KernelSizeKey(key.operation, key.precision, $0.key)] == $0.value } })
      else {
        let choices = step.map { Self.text($0) }.joined(separator: "; ")
        throw .unknownSize(key: "\(key)", value: value, expected: "one of: \(choices)")
      }
    }
    var table = self
    table.measured = values
    return table
  }

  private static func text(_ sizes: [String: Int]) -> String {
    sizes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
  }
}

// MARK: Candidates

extension KernelSizes {
  /// What `isthmus tune` measures: where these sizes are a matter of the device and not of the shapes.
  package func tunable(_ precisions: [Precision]) -> [TunableOperation] {
    var own = self
    own.measured = MeasuredSizes()
    return precisions.flatMap { precision in multipliesDirectly ? own.processorOperations(precision) : own.gpuOperations(precision) }
  }

  private func processorOperations(_ precision: Precision) -> [TunableOperation] {
    let lanes = lanes(precision)
    let blocks: [[String: Int]] = [(2, 16), (4, 32), (4, 8), (3, 15), (1, 16), (8, 16)].map { ["copies": $0.0, "block": $0.1] }
    func passes(_ operation: TunedOperation, _ workload: TunableOperation.Workload) -> TunableOperation {
      let own = own(operation, precision)
      let widths = [2 * lanes, lanes, lanes / 2].filter { [4, 8, 16].contains($0) && $0 != own.lanes }
      let sums = [28, 20, 12, 36].filter { $0 != own.accumulators }
      return TunableOperation(
        operation.rawValue, precision, workload,
        defaults: ["lanes": own.lanes, "copies": copies, "block": block, "accumulators": own.accumulators],
        steps: [blocks, widths.map { ["lanes": $0] }, sums.map { ["accumulators": $0] }])
    }
    return [
      TunableOperation(
        TunedOperation.gemm.rawValue, precision, .products(side: 1024), defaults: ["vectors": 2, "depth": 384],
        steps: [[["vectors": 3]], [256, 512, 768].map { ["depth": $0] }]),
      TunableOperation(
        TunedOperation.recursion.rawValue, precision, .recursions, defaults: ["copies": copies],
        steps: [[3, 2, 6, 1].map { ["copies": $0] }]),
      passes(.widePass, .widePasses), passes(.featurePass, .featurePasses),
    ]
  }

  private func gpuOperations(_ precision: Precision) -> [TunableOperation] {
    // Sides of square outputs that fall into each class.
    let side = Int(Double(units).squareRoot().rounded(.up))
    let products = GroupTile.SizeClass.allCases.map { sizeClass in
      let sides: [GroupTile.SizeClass: Int] = [.large: 384 * side, .medium: 64 * side, .small: 32 * side]
      let own = GroupTile.standard(sizeClass, precision)
      return TunableOperation(
        TunedOperation(sizeClass).rawValue, precision, .products(side: sides[sizeClass] ?? 0), defaults: own.sizes,
        steps: [GroupTile.alternatives(sizeClass, precision).map(\.sizes)])
    }
    let passes: [[[String: Int]]] = [
      [(128, 32), (128, 64), (64, 64), (256, 64), (32, 32)].map { ["group": $0.0, "stage": $0.1] },
      [32, 64, 24].map { ["accumulators": $0] },
    ]
    let defaults = ["group": group, "stage": stage, "accumulators": accumulators]
    return products + [
      TunableOperation(TunedOperation.widePass.rawValue, precision, .widePasses, defaults: defaults, steps: passes),
      TunableOperation(TunedOperation.featurePass.rawValue, precision, .featurePasses, defaults: defaults, steps: passes),
    ]
  }
}

extension GroupTile {
  fileprivate var sizes: [String: Int] { ["rows": m, "columns": n, "depth": k, "workRows": workM, "workColumns": workN] }

  /// Tiles that other GPUs may prefer; all keep the rules of gemm_tiled.cl.
  package static func alternatives(_ sizeClass: SizeClass, _ precision: Precision) -> [GroupTile] {
    func tile(_ m: Int, _ n: Int, _ k: Int, _ workM: Int, _ workN: Int) -> GroupTile {
      GroupTile(m: m, n: n, k: k, workM: workM, workN: workN)
    }
    switch (sizeClass, precision) {
    case (.large, .float32): return [tile(128, 128, 16, 8, 8), tile(128, 64, 8, 8, 4), tile(128, 64, 16, 8, 4), tile(64, 64, 8, 8, 4)]
    case (.large, .float64): return [tile(64, 64, 8, 4, 4), tile(128, 64, 4, 8, 4), tile(128, 128, 8, 8, 8), tile(64, 64, 8, 8, 4)]
    case (.medium, .float32): return [tile(64, 64, 8, 4, 4), tile(128, 64, 8, 8, 4), tile(32, 64, 16, 4, 4), tile(64, 64, 16, 8, 4)]
    case (.medium, .float64): return [tile(64, 64, 4, 4, 4), tile(64, 64, 8, 8, 4), tile(32, 64, 8, 4, 4), tile(32, 32, 16, 4, 4)]
    case (.small, .float32): return [tile(32, 32, 8, 4, 4), tile(64, 32, 16, 4, 4), tile(32, 32, 32, 4, 4)]
    case (.small, .float64): return [tile(32, 32, 16, 4, 4), tile(32, 32, 8, 2, 2), tile(32, 32, 8, 4, 2)]
    }
  }
}
