import Compute
import FiniteNetworks
import Foundation
import Learning
import LimitComparisons
import Losses
import Matrices
import Networks
import Statistics

/// `LimitComparison` at several widths over draws, each with data of its own: standard normal inputs and random targets.
struct WidthComparison {
  var network: Network
  var points = 16
  var tests = 8
  var loss = Loss.squared
  var rate: Double
  var times: Set<Int>
  /// Points per mini-batch; 0 for full batch.
  var batch = 0
  var draws: Int
  let engine: Engine

  /// The draws at one width; those that are sensitive to a perturbation are left apart.
  struct Row {
    var width: Int
    var calm: [LimitComparison.Draw]
    var draws: Int
    let times: Set<Int>

    /// Median over draws of the largest over the times compared.
    func median(_ value: (LimitReading) -> Double) -> Double { Quartiles(largest(value)).median ?? .infinity }
    func largest(_ value: (LimitReading) -> Double) -> [Double] { calm.map { $0.largest(at: times, value) } }
    var movement: Double { Quartiles(calm.map { $0.readings.last?.movement.first ?? 0 }).median ?? 0 }
  }

  func row(width: Int, draws count: Int? = nil, comparesKernel: Bool = false) throws -> Row {
    let all = try (0..<(count ?? draws)).flatMap { draw in
      let stream = RandomStream(seed: UInt64(draw + 1), name: "comparison/\(width)")
      return try comparison(draw, comparesKernel: comparesKernel).draws(width: width, streams: [stream])
    }
    let calm = all.filter { $0.failure == nil && $0.amplification <= 100 }
    return Row(width: width, calm: calm, draws: all.count, times: times)
  }

  private func comparison(_ draw: Int, comparesKernel: Bool) throws -> LimitComparison {
    let data = RandomStream(seed: UInt64(draw + 1), name: "comparison/data")
    let all = points + tests
    let x = Matrix(rows: all, columns: network.inputs, values: data.child("x").normals(all * network.inputs))
    let order = data.child("batches")
    let batches = (0..<(times.max() ?? 0)).map { Array(order.child("\($0)").permutation(points).prefix(batch)) }
    return try LimitComparison(
      network, inputs: x, targets: targets(data.child("targets"), rows: all), trainCount: points, loss: loss, rate: rate, readings: times,
      kernelReadings: comparesKernel ? times : [], batches: batch > 0 ? batches : nil, on: engine)
  }

  private func targets(_ stream: RandomStream, rows: Int) -> Matrix {
    let outputs = network.blocks[network.blocks.count - 1].outputs
    switch loss {
    case .squared, .hinge, .softHinge:
      return Matrix(rows: rows, columns: outputs, values: stream.uniforms(rows * outputs).map { $0 < 0.5 ? -1 : 1 })
    case .softmax:
      return stream.uniforms(rows).enumerated().reduce(into: Matrix(zeros: rows, outputs)) {
        $0[$1.offset, Int($1.element * Double(outputs))] = 1
      }
    }
  }

  /// Exponent of the median error in the width.
  static func slope(_ rows: [Row], _ value: (LimitReading) -> Double) -> Double {
    WidthSlope(rows.map { ($0.width, $0.largest(value)) })?.exponent ?? .nan
  }

  static func print(_ title: String, _ rows: [Row]) {
    Swift.print("theory: \(title)")
    for row in rows {
      let bottlenecks = (row.calm.first?.readings.first?.bottlenecks.indices ?? 0..<0).map { index in
        String(format: "%.4f", row.median { $0.bottlenecks[index] })
      }
      Swift.print(
        String(
          format:
            "theory:   width %6d  train F %.4f  test F %.4f  bottlenecks %@  frozen test F %.2f  moved %.2f  (%d draws, %d set apart)",
          row.width, row.median(\.train), row.median(\.test), bottlenecks.joined(separator: " "), row.median(\.frozenTest), row.movement,
          row.draws, row.draws - row.calm.count))
    }
    if rows.count > 1 {
      Swift.print(String(format: "theory:   slopes  train F %.2f  test F %.2f", slope(rows, \.train), slope(rows, \.test)))
    }
  }
}
