import Compute
import FiniteNetworks
import Foundation
import Networks
import Testing
import WideKernels

/// The multilinear model of deep linear networks against its definition and against the networks.
@Suite struct MultilinearModelTests {
  /// Segments of `depths` layers of `width` hidden units between bottlenecks of 3.
  private func architecture(_ depths: [Int], width: Int, outputs: Int = 2) throws -> Architecture {
    let hidden = Hidden(.identity)
    let blocks = depths.enumerated().map { index, depth in
      WideBlock(hidden: Array(repeating: hidden, count: depth - 1), outputs: index == depths.count - 1 ? outputs : 3)
    }
    return try Architecture(Network(inputs: 5, blocks: blocks), width: width)
  }

  private func distance(_ a: Tensor, _ b: Tensor, on engine: Engine) throws -> Double {
    try largestDifference(engine.read(a), engine.read(b))
  }

  @Test func partsMakeTheWhole() throws {
    for engine in try Samples.engines() {
      let network = try Samples.network(architecture([2, 1, 3], width: 6), on: engine)
      #expect(network.architecture.segments == [0..<2, 2..<3, 3..<6])
      let x = try Samples.points(network.architecture, 4, on: engine)
      let whole = try network.outputs(x)
      let chained = try network.architecture.segments.reduce(x) { try network.part($1).outputs($0) }
      #expect(try distance(whole, chained, on: engine) == 0, "\(engine.device.identifier)")
      let direction = try Samples.direction(network, "direction")
      let sum = try engine.zeros(batch: 2, rows: direction.rows, columns: direction.columns)
      for segment in network.architecture.segments {
        try engine.map(.sum, [sum, network.restricted(direction, to: segment)], into: sum)
      }
      #expect(try engine.read(sum) == engine.read(direction))
      let biased = try Samples.network(Samples.chain(), on: engine)
      let parts = try biased.architecture.segments.reduce(Samples.points(biased.architecture, 4, on: engine)) {
        try biased.part($1).outputs($0)
      }
      #expect(try distance(biased.outputs(Samples.points(biased.architecture, 4, on: engine)), parts, on: engine) < 1e-14)
    }
  }

  /// Each segment's map is linear in any one of its layers, so the model is the network where no segment moves two.
  @Test func isTheNetworkWhereOneLayerOfEachSegmentMoves() throws {
    for engine in try Samples.engines() {
      let network = try Samples.network(architecture([2, 3], width: 9), on: engine)
      let model = try MultilinearModel(network)
      let x = try Samples.points(network.architecture, 4, on: engine)
      let direction = try Samples.direction(network, "direction")
      for first in 0..<2 {
        for second in 2..<5 {
          let displacement = try engine.map(
            .sum, network.restricted(direction, to: first..<first + 1), network.restricted(direction, to: second..<second + 1))
          let moved = try network.moved(along: displacement, by: [1, 1]).outputs(x)
          let scale = try engine.read(moved).reduce(1) { max($0, abs($1)) }
          let gap = try distance(moved, model.outputs(x, at: displacement), on: engine)
          #expect(gap < 1e-13 * scale, "layers \(first), \(second): \(gap), \(engine.device.identifier)")
        }
      }
      // Two layers of one segment: their product is left out.
      let both = try network.moved(along: network.restricted(direction, to: 0..<2), by: [1, 1]).outputs(x)
      let apart = try distance(both, model.outputs(x, at: network.restricted(direction, to: 0..<2)), on: engine)
      #expect(apart > 0.1 && apart.isFinite)
    }
  }

  @Test func gradientIsTheSlopeOfTheModel() throws {
    for engine in try Samples.engines() {
      let network = try Samples.network(architecture([2, 2, 2], width: 7), on: engine)
      let model = try MultilinearModel(network)
      let x = try Samples.points(network.architecture, 4, on: engine)
      let cotangent = try engine.tensor(RandomStream(seed: 8, name: "cotangent").normals(16), batch: 2, rows: 4, columns: 2)
      let (place, direction) = (try Samples.direction(network, "place"), try Samples.direction(network, "direction"))
      func value(_ t: Double) throws -> [Double] {
        try products(model.outputs(x, at: engine.map(.addScaled(t), place, direction)), cotangent, on: engine)
      }
      // Of degree 3 in t: Richardson's extrapolation of two central differences is exact up to rounding.
      let (near, far) = (
        zip(try value(0.1), try value(-0.1)).map { ($0 - $1) / 0.2 }, zip(try value(0.2), try value(-0.2)).map { ($0 - $1) / 0.4 }
      )
      let slopes: [Double] = zip(near, far).map { (4 * $0 - $1) / 3 }
      let projected = try engine.products(model.gradient(cotangent, x, at: place), direction)
      #expect(projected.count == 2 && slopes.count == 2)
      for (got, expected) in zip(projected, slopes) {
        #expect(abs(got - expected) < 1e-11 * max(1, abs(expected)), "\(got) against \(expected), \(engine.device.identifier)")
      }
      // At θ_0 it is the network's own.
      let zero = try engine.zeros(batch: 2, rows: place.rows, columns: place.columns)
      let own = try network.derivative(1, cotangent, x, along: zero)
      #expect(try distance(own, model.gradient(cotangent, x, at: zero), on: engine) < 1e-12)
    }
  }

  /// sup |F − M| on a sphere of radius 1 ∝ width^−½: the second derivatives within segments.
  @Test func networksTendToTheModelInABall() throws {
    let engine = try #require(Samples.engines().first)
    func largest(_ width: Int) throws -> Double {
      let network = try Samples.network(architecture([2, 2], width: width, outputs: 1), members: 4, on: engine)
      let model = try MultilinearModel(network)
      let x = try engine.tensor([1, 1, 1, 1, 1], rows: 1, columns: 5)
      let one = try engine.tensor([1, 1, 1, 1], batch: 4, rows: 1, columns: 1)
      let found = try PowerIteration(limit: 100).run(from: Samples.direction(network, "start"), on: engine) { u in
        let moved = try network.moved(along: u, by: [1, 1, 1, 1])
        let slope = try moved.derivative(1, one, x, along: u)
        return try engine.map(.difference, slope, model.gradient(one, x, at: u))
      }
      let moved = try network.moved(along: found.vectors, by: [1, 1, 1, 1]).outputs(x)
      let gaps = try zip(engine.read(moved), engine.read(model.outputs(x, at: found.vectors))).map { abs($0 - $1) }
      return gaps.reduce(0, +) / 4
    }
    let (narrow, wide) = (try largest(32), try largest(512))
    let slope = log(wide / narrow) / log(16)
    #expect(abs(slope + 0.5) < 0.1, "\(narrow), \(wide)")
  }

  /// Training of the product of factors is that of the networks up to width^−½.
  @Test func networksTrainAsTheProductOfFactors() throws {
    let engine = try #require(Samples.engines().first)
    func gap(_ width: Int) throws -> Double {
      let network = try Samples.network(architecture([2, 3], width: width, outputs: 1), members: 8, on: engine)
      let product = try MultilinearModel(network).factors()
      let x = try Samples.points(network.architecture, 12, on: engine)
      #expect(try distance(network.outputs(x), product.outputs(x), on: engine) < 1e-12)
      let start = try engine.read(network.outputs(x))
      let targets = try engine.tensor(RandomStream(seed: 3, name: "targets").normals(12), rows: 12, columns: 1)
      let objective = try Objective(.squared, inputs: x, targets: targets, alpha: [Double](repeating: 1, count: 8), on: engine)
      let rates = [Double](repeating: 0.1, count: 8)
      var (descent, other) = (try GradientDescent(rates: rates), try GradientDescent(rates: rates))
      for _ in 0..<40 {
        _ = try descent.step(network, objective)
        _ = try other.step(product, objective)
      }
      let (a, b) = (try engine.read(network.outputs(x)), try engine.read(product.outputs(x)))
      func size(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      return size(zip(a, b).map { $0 - $1 }) / size(zip(a, start).map { $0 - $1 })
    }
    let (narrow, wide) = (try gap(48), try gap(768))
    // Four times by width^−½.
    #expect(wide < 0.06 && narrow / wide > 2 && narrow / wide < 8, "\(narrow), \(wide)")
  }

  @Test func otherNetworksAreRefused() throws {
    let engine = try #require(Samples.engines().first)
    for architecture in [try Samples.linear(), try Samples.chain()] {
      let network = try Samples.network(architecture, on: engine)
      #expect(throws: FiniteNetworkError.self) { try MultilinearModel(network) }
    }
  }
}
