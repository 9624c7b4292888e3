import Compute
import Foundation

/// How a tensor of a case lies in memory.
package enum Layout: String, Sendable {
  /// A buffer of its own (inputs), or a contiguous part of a longer one at an odd offset (outputs).
  case dense
  /// Rows and items with gaps between them, in a longer buffer.
  case strided
}

/// An input: its numbers, and the tensor that holds them.
struct Operand {
  let values: [Double]
  let tensor: Tensor

  subscript(item: Int, row: Int, column: Int) -> Double {
    values[
      ((tensor.batch == 1 ? 0 : item) * tensor.rows + (tensor.rows == 1 ? 0 : row)) * tensor.columns + (tensor.columns == 1 ? 0 : column)]
  }
}

/// A tensor that an operation writes, with guards around it and poison, or given numbers, in it.
struct Output {
  let name: String
  let base: Tensor
  let view: Tensor
  /// What the whole buffer holds before the operation.
  let image: [Double]

  /// Positions in the buffer of the view's elements, in row-major order.
  var positions: [Int] { view.positions }
}

/// One element of a result: how far it is from what it should be, and how far it may be.
struct Deviation {
  var got: Double
  var expected: Double
  var difference: Double
  /// Infinite where only a finite number is asked for.
  var bound: Double

  /// The error in units of the bound; not-a-number counts as infinitely wrong.
  var ratio: Double {
    if difference.isNaN || !got.isFinite { return .infinity }
    if difference == 0 || bound == .infinity { return 0 }
    return bound > 0 ? difference / bound : .infinity
  }

  /// A result of 0, or with a bound as large as itself, shows little.
  var isInformative: Bool { expected != 0 && bound <= abs(expected) / 2 }
}

/// Runs one case on one engine: makes its inputs and guarded outputs, performs it twice and judges what came.
package final class Probe {
  let engine: Engine
  let seed: UInt64
  private(set) var worst: (ratio: Double, place: String) = (0, "nowhere")
  private(set) var elements = 0
  private(set) var unbounded = 0
  private(set) var failures: [String] = []
  /// A hash of the bits of all outputs.
  private(set) var digest = FNV1a()
  private var inputs: [(name: String, base: Tensor, image: [Double])] = []

  private static let guardValue = 12345.0
  private static let lead = 5
  private static let trail = 67

  init(engine: Engine, seed: UInt64) {
    self.engine = engine
    self.seed = seed
  }

  var backend: any Backend { engine.backend }
  var precision: Precision { engine.precision }

  /// Uniform in [-1, 1) and exact in float32, so that only the operation's own rounding is measured.
  func uniforms(_ name: String, _ count: Int) -> [Double] {
    RandomStream(seed: seed, name: name).uniforms(count).map { Double(Float(2 * $0 - 1)) }
  }

  /// Uploads an input; gaps of a strided one hold NaN, so that reading them shows.
  ///
  /// - Parameter precision: the engine's where nil.
  func input(
    _ name: String, _ values: [Double], batch: Int = 1, rows: Int, columns: Int, _ layout: Layout = .dense, precision: Precision? = nil
  ) throws -> Operand {
    let engine = try engine.with(precision: precision ?? self.precision)
    guard layout == .strided else {
      let tensor = try engine.tensor(values, batch: batch, rows: rows, columns: columns)
      if tensor.count > 0 { inputs.append((name, tensor, values)) }
      return Operand(values: values, tensor: tensor)
    }
    let (base, view) = try embedded(engine, batch: batch, rows: rows, columns: columns, layout)
    var image = [Double](repeating: .nan, count: base.count)
    for (position, value) in zip(view.positions, values) { image[position] = value }
    try engine.write(image, into: base)
    inputs.append((name, base, image))
    return Operand(values: values, tensor: view)
  }

  /// - Parameter initial: what the tensor holds before; nil fills it with NaN.
  func output(_ name: String, batch: Int = 1, rows: Int, columns: Int, _ layout: Layout = .dense, initial: [Double]? = nil) throws -> Output
  {
    let (base, view) = try embedded(engine, batch: batch, rows: rows, columns: columns, layout)
    var image = [Double](repeating: Probe.guardValue, count: base.count)
    for (index, position) in view.positions.enumerated() { image[position] = initial.map { $0[index] } ?? .nan }
    return Output(name: name, base: base, view: view, image: image)
  }

  private func embedded(
    _ engine: Engine, batch: Int, rows: Int, columns: Int, _ layout: Layout
  ) throws -> (base: Tensor, view: Tensor) {
    let rowStride = layout == .strided ? columns + 3 : columns
    let batchStride = rows * rowStride + (layout == .strided ? 7 : 0)
    let base = try engine.empty(rows: 1, columns: Probe.lead + batch * batchStride + Probe.trail)
    var view = base
    view.offset = Probe.lead
    (view.batch, view.rows, view.columns) = (batch, rows, columns)
    (view.rowStride, view.batchStride) = (rowStride, batchStride)
    return (base, view)
  }

  /// Performs the operation twice on fresh outputs and judges both.
  ///
  /// - Parameter judgements: for every output, from its numbers in row-major order to one deviation per element.
  /// - Parameter mayBeTrivial: whether a result of mostly zeros is what the case is about.
  func verify(_ outputs: [Output], _ judgements: [([Double]) -> [Deviation]], mayBeTrivial: Bool = false, perform: () throws -> Void) throws
  {
    let first = try contents(outputs, after: perform)
    let second = try contents(outputs, after: perform)
    var informative = 0
    for (index, output) in outputs.enumerated() {
      checkGuards(output, first[index])
      let positions = output.positions
      for position in positions { digest.combine(first[index][position]) }
      if let place = positions.firstIndex(where: { first[index][$0].bitPattern != second[index][$0].bitPattern }) {
        failures.append(
          "\(output.name)\(output.place(place)): two runs gave \(first[index][positions[place]]) and \(second[index][positions[place]])")
      }
      let deviations = judgements[index](positions.map { first[index][$0] })
      for (place, deviation) in deviations.enumerated() {
        elements += 1
        if deviation.bound == .infinity { unbounded += 1 }
        if deviation.isInformative { informative += 1 }
        if deviation.ratio > worst.ratio {
          worst = (
            deviation.ratio,
            "\(output.name)\(output.place(place)): expected \(deviation.expected), got \(deviation.got), bound \(deviation.bound)"
          )
        }
      }
    }
    if worst.ratio > 1 { failures.append("\(worst.place), ratio \(worst.ratio)") }
    if !mayBeTrivial, informative * 4 < elements {
      failures.append("only \(informative) of \(elements) elements are neither 0 nor lost in their bound; the comparison shows too little")
    }
    for input in inputs {
      let now = try engine.read(input.base)
      if zip(now, input.image).contains(where: { $0 != $1 && !($0.isNaN && $1.isNaN) }) {
        failures.append("input \(input.name) was changed")
      }
    }
  }

  /// Compares a part of a result that was computed alone with that part of the whole, bit for bit.
  func requireSameBits(_ alone: [Double], _ whole: [Double], _ name: String) {
    elements += whole.count
    for number in alone { digest.combine(number) }
    guard alone.count == whole.count, whole.allSatisfy(\.isFinite), whole.count(where: { $0 != 0 }) * 4 >= max(whole.count, 1) else {
      return failures.append("\(name): \(alone.count) and \(whole.count) numbers; the comparison shows too little")
    }
    guard let place = whole.indices.first(where: { whole[$0].bitPattern != alone[$0].bitPattern }) else { return }
    failures.append("\(name): element \(place) is \(alone[place]) alone and \(whole[place]) beside others")
  }

  func fail(_ message: String) { failures.append(message) }

  private func contents(_ outputs: [Output], after perform: () throws -> Void) throws -> [[Double]] {
    for output in outputs { try engine.write(output.image, into: output.base) }
    try perform()
    return try outputs.map { try engine.read($0.base) }
  }

  private func checkGuards(_ output: Output, _ contents: [Double]) {
    let inside = Set(output.positions)
    guard let position = contents.indices.first(where: { !inside.contains($0) && contents[$0] != Probe.guardValue }) else { return }
    failures.append("\(output.name): element \(position - output.view.offset) from its start, outside of it, became \(contents[position])")
  }
}

extension Output {
  fileprivate func place(_ index: Int) -> String {
    let (rows, columns) = (max(view.rows, 1), max(view.columns, 1))
    return "[\(index / (rows * columns)), \(index / columns % rows), \(index % columns)]"
  }
}

extension Tensor {
  var positions: [Int] {
    (0..<batch).flatMap { item in
      (0..<rows).flatMap { row in (0..<columns).map { offset + item * batchStride + row * rowStride + $0 } }
    }
  }
}

/// Compares with a value and its bound per element.
func matches<P: Rounding>(_ expected: [Bounded<P>]) -> ([Double]) -> [Deviation] {
  { got in
    zip(got, expected).map { got, expected in
      let isExact = expected.error == 0 && P.holds(expected.value)
      // The last rounding is the store.
      let bound = isExact ? 0 : expected.error + P.precision.unitRoundoff * (expected.magnitude + expected.error) + P.leastNormal
      return Deviation(got: got, expected: Double(expected.value), difference: Double(abs(WideReal(got) - expected.value)), bound: bound)
    }
  }
}
