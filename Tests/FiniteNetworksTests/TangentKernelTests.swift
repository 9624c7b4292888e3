import Compute
import FiniteNetworks
import LinearAlgebra
import Matrices
import Testing
import WideKernels

/// Empirical kernels against products of gradients of single outputs at single points, on every backend.
@Suite struct TangentKernelTests {
  private static let outputs: [FiniteNetwork.KernelOutputs] = [.full, .traced]

  /// ∂F_o(x_i)/∂θ of every member in the order o·n + i, by one backward pass each; `layers` alone where given.
  private func gradients(_ network: FiniteNetwork, _ x: Tensor) throws -> [[[Double]]] {
    let (engine, c, members) = (network.engine, network.architecture.outputs, network.members)
    var rows = [[[Double]]](repeating: [], count: members)
    for o in 0..<c {
      for i in 0..<x.rows {
        let one = (0..<c).map { $0 == o ? 1.0 : 0 }
        let cotangent = try engine.tensor((0..<members).flatMap { _ in one }, batch: members, rows: 1, columns: c)
        let vector = try network.emptyVector()
        try network.backward(cotangent, network.forward(x.rows(i..<i + 1)), into: vector)
        for member in 0..<members { rows[member].append(try engine.read(vector.item(member))) }
      }
    }
    return rows
  }

  /// The kernel of gradients in the order o·n + i, of one member.
  private func kernel(_ a: [[Double]], _ b: [[Double]], outputs c: Int, _ kept: FiniteNetwork.KernelOutputs) -> [Double] {
    func dot(_ i: Int, _ j: Int) -> Double { zip(a[i], b[j]).reduce(0) { $0 + $1.0 * $1.1 } }
    let (n, m) = (a.count / c, b.count / c)
    switch kept {
    case .full: return (0..<c * n * c * m).map { dot($0 / (c * m), $0 % (c * m)) }
    case .traced:
      return (0..<n * m).map { place in (0..<c).reduce(0) { $0 + dot($1 * n + place / m, $1 * m + place % m) } / Double(c) }
    }
  }

  /// Sums of at most 400 products of passes with sums of at most 60 terms: γ_500 ≈ 6e-14 of the sums of magnitudes, which for these
  /// networks are a few times the largest entry.
  private func expect(_ got: Tensor, _ expected: [[Double]], _ what: String, on engine: Engine, bound: Double = 1e-12) throws {
    let (numbers, flat) = (try engine.read(got), expected.flatMap { $0 })
    let scale = flat.reduce(0) { max($0, abs($1)) }
    #expect(numbers.count == flat.count && scale > 0.01, "\(what)")
    let worst = largestDifference(numbers, flat)
    #expect(worst <= bound * scale, "\(what) on \(engine.device.identifier)")
  }

  @Test func kernelIsThatOfGradients() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let (x, y) = (try Samples.points(architecture, 4, on: engine), try Samples.points(architecture, 3, name: "others", on: engine))
        let (first, second) = (try gradients(network, x), try gradients(network, y))
        for kept in Self.outputs {
          let c = architecture.outputs
          try expect(
            network.tangentKernel(x, y, outputs: kept), zip(first, second).map { kernel($0, $1, outputs: c, kept) }, "\(name), \(kept)",
            on: engine)
          try expect(
            network.tangentKernel(x, outputs: kept), first.map { kernel($0, $0, outputs: c, kept) }, "\(name), \(kept), symmetric",
            on: engine)
        }
      }
    }
  }

  /// Every member with points of its own.
  @Test func membersMayHaveTheirOwnPoints() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let values = try Samples.points(architecture, 6, on: engine)
        let x = values.reshaped(batch: 2, rows: 3, columns: values.columns)
        let together = try network.tangentKernel(x, outputs: .full)
        for member in 0..<2 {
          let alone = try network.keeping(members: [member]).tangentKernel(x.item(member), outputs: .full)
          try expect(together.item(member), [engine.read(alone)], "\(name), member \(member)", on: engine)
        }
      }
    }
  }

  @Test func kernelIsTheSumOverLayers() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let x = try Samples.points(architecture, 4, on: engine)
        let parts = try architecture.layers.indices.map { try engine.read(network.tangentKernel(x, layers: [$0])) }
        #expect(parts.allSatisfy { $0.contains { $0 != 0 } })
        let sum = parts.reduce([Double](repeating: 0, count: 32)) { zip($0, $1).map(+) }
        try expect(network.tangentKernel(x), [sum], name, on: engine)
      }
    }
  }

  @Test func tilesDoNotMatter() throws {
    for engine in try Samples.engines() {
      let small = try Engine(engine.backend, memoryBudget: 1 << 17)
      for (name, architecture) in try Samples.all() {
        let (network, tiled) = (try Samples.network(architecture, on: engine), try Samples.network(architecture, on: small))
        let (x, y) = (try Samples.points(architecture, 11, on: engine), try Samples.points(architecture, 9, name: "others", on: engine))
        #expect(tiled.kernelTiles(9).count > 1 && network.kernelTiles(11).count == 1, "\(name): \(tiled.kernelTiles(9))")
        for kept in Self.outputs {
          try expect(
            tiled.tangentKernel(x, y, outputs: kept), [engine.read(network.tangentKernel(x, y, outputs: kept))], name, on: engine)
          try expect(tiled.tangentKernel(x, outputs: kept), [engine.read(network.tangentKernel(x, outputs: kept))], name, on: engine)
        }
      }
    }
  }

  @Test func productWithAVectorIsThatOfTheKernel() throws {
    for engine in try Samples.engines() {
      for (name, architecture) in try Samples.all() {
        let network = try Samples.network(architecture, on: engine)
        let c = architecture.outputs
        let (x, y) = (try Samples.points(architecture, 4, on: engine), try Samples.points(architecture, 3, name: "others", on: engine))
        let v = RandomStream(seed: 8, name: "vector").normals(2 * 3 * c)
        let theta = try engine.matrices(network.tangentKernel(x, y, outputs: .full))
        let expected = (0..<2).map { member in
          (0..<4 * c).map { place in
            let row = theta[member].values[(place % c * 4 + place / c) * 3 * c..<(place % c * 4 + place / c + 1) * 3 * c]
            return row.enumerated().reduce(0) { $0 + $1.element * v[member * 3 * c + $1.offset % 3 * c + $1.offset / 3] }
          }
        }
        let got = try network.tangentKernelProduct(x, y, engine.tensor(v, batch: 2, rows: 3, columns: c))
        try expect(got, expected, name, on: engine)
      }
    }
  }

  /// Kernels of outputs are products of outputs, in the same order.
  @Test func outputKernelIsThatOfOutputs() throws {
    for engine in try Samples.engines() {
      let architecture = try Samples.chain()
      let network = try Samples.network(architecture, on: engine)
      let (x, y) = (try Samples.points(architecture, 4, on: engine), try Samples.points(architecture, 3, name: "others", on: engine))
      // One number for each output and point: what a gradient is there.
      func rows(_ f: Matrix) -> [[Double]] { (0..<3 * f.rows).map { [f.values[$0 % f.rows * 3 + $0 / f.rows]] } }
      let (first, second) = (try engine.matrices(network.outputs(x)).map(rows), try engine.matrices(network.outputs(y)).map(rows))
      for kept in Self.outputs {
        try expect(
          network.outputKernel(x, y, outputs: kept), zip(first, second).map { kernel($0, $1, outputs: 3, kept) }, "\(kept)", on: engine,
          bound: 1e-15)
        try expect(
          network.outputKernel(x, outputs: kept), first.map { kernel($0, $0, outputs: 3, kept) }, "\(kept)", on: engine, bound: 1e-15)
      }
    }
  }
}
