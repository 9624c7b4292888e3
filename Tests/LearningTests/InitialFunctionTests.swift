import Compute
import FiniteNetworks
import Learning
import Matrices
import Networks
import Testing
import WideKernels

/// Finite networks that stand for blocks, against differences of their own forward pass.
@Suite struct InitialFunctionTests {
  private let network = Network(
    inputs: 3,
    blocks: [
      WideBlock(
        hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25), Hidden(.erf, weightVariance: 1.5, biasVariance: 0.1)], outputs: 2
      ),
      WideBlock(hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)], outputs: 2),
    ])
  private func blocks(_ engine: Engine) throws -> [FiniteNetwork] {
    let stream = RandomStream(seed: 2, name: "network")
    return try [
      FiniteNetwork(network.blocks[0], inputs: 3, width: 7, stream: stream.child("block/0"), on: engine),
      FiniteNetwork(network.blocks[1], inputs: 2, width: 7, stream: stream.child("block/1"), on: engine),
    ]
  }

  @Test(arguments: [0, 1])
  func jacobianMatchesDifferences(_ index: Int) throws {
    let engine = try SmallProblem.engine()
    let block = try blocks(engine)[index]
    let z = Matrix(
      rows: 5, columns: block.architecture.inputs, values: RandomStream(seed: 3, name: "z").normals(5 * block.architecture.inputs))
    let jacobian = try #require(try block.read(at: z, jacobian: true).jacobian)
    let h = 1e-5
    for k in 0..<block.architecture.inputs {
      var (up, down) = (z, z)
      for row in 0..<5 {
        up[row, k] += h
        down[row, k] -= h
      }
      let slope = (try block.read(at: up, jacobian: false).value - block.read(at: down, jacobian: false).value).map { $0 / (2 * h) }
      for row in 0..<5 {
        for o in 0..<2 {
          let error = abs(jacobian[row, o * block.architecture.inputs + k] - slope[row, o])
          #expect(error < 1e-8, "block \(index), row \(row), output \(o), coordinate \(k): \(error)")
        }
      }
    }
  }

  /// The pass over features and the products of matrices are two ways to one function.
  @Test func aBlockWithOneHiddenLayerIsReadInOnePass() throws {
    let engine = try SmallProblem.engine()
    let (inputs, outputs, width, n) = (3, 2, 100, 37)
    for (activation, variance) in [(.erf, 0.25), (.gelu, 0)] as [(ActivationKind, Double)] {
      let wide = WideBlock(
        hidden: [Hidden(activation, weightVariance: 2.25, biasVariance: variance)], outputs: outputs, readoutWeightVariance: 1.7,
        readoutBiasVariance: 2 * variance)
      let block = try FiniteNetwork(wide, inputs: inputs, width: width, stream: RandomStream(seed: 12, name: "pass"), on: engine)
      let z = Matrix(rows: n, columns: inputs, values: RandomStream(seed: 12, name: "z").normals(n * inputs))
      let (value, jacobian) = try block.read(at: z, jacobian: true)
      let tensors = try block.readLayerwise(at: engine.tensor(z), jacobian: true)
      let layered = (value: try engine.matrix(tensors.value), jacobian: try engine.matrix(#require(tensors.jacobian)))
      // Sums of 100 terms in two orders: γ_100 = 1e-14 of the terms' sizes, √100 of the result's.
      let errors = [
        Matrix.relativeDistance(value, layered.value),
        Matrix.relativeDistance(try #require(jacobian), layered.jacobian),
        Matrix.relativeDistance(try block.read(at: z, jacobian: false).value, layered.value),
      ]
      for error in errors { #expect(error < 2e-13, "\(activation), seed 12: \(errors)") }
    }
  }

  /// Over draws the covariance of f_0 and of its Jacobian is the NNGP kernel and its second derivatives.
  @Test func initialFunctionsHaveTheCovarianceOfTheLimit() throws {
    let engine = try SmallProblem.engine()
    let wide = WideBlock(hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)], outputs: 1)
    let z = Matrix(rows: 2, columns: 2, values: [0.7, -0.4, -0.3, 1.1])
    let draws = 4000
    var (values, slopes): (Double, [Double]) = (0, [0, 0, 0, 0])
    for draw in 0..<draws {
      let block = try FiniteNetwork(wide, inputs: 2, width: 32, stream: RandomStream(seed: 9, name: "draw/\(draw)"), on: engine)
      let (value, jacobian) = try block.read(at: z, jacobian: true)
      let j = try #require(jacobian)
      values += value[0, 0] * value[1, 0] / Double(draws)
      for k in 0..<2 { for l in 0..<2 { slopes[2 * k + l] += j[0, k] * j[1, l] / Double(draws) } }
    }
    func kernel(_ x: [Double], _ y: [Double]) -> Double {
      var pair = CovarianceProgram.Pair(
        q11: (x[0] * x[0] + x[1] * x[1]) / 2, q22: (y[0] * y[0] + y[1] * y[1]) / 2, q12: (x[0] * y[0] + x[1] * y[1]) / 2)
      wide.program.apply(to: &pair)
      return pair.q12
    }
    let (a, b) = ([0.7, -0.4], [-0.3, 1.1])
    // The standard error of a mean of 4,000 products of near-normal variables of variance about s is s/√4000; four of them.
    let scale = (kernel(a, a) * kernel(b, b)).squareRoot()
    #expect(abs(values - kernel(a, b)) < 4 * 1.5 * scale / Double(draws).squareRoot(), "\(values) against \(kernel(a, b))")
    let h = 1e-4
    for k in 0..<2 {
      for l in 0..<2 {
        func shifted(_ x: [Double], _ index: Int, _ by: Double) -> [Double] { x.indices.map { x[$0] + ($0 == index ? by : 0) } }
        let expected =
          (kernel(shifted(a, k, h), shifted(b, l, h)) - kernel(shifted(a, k, h), shifted(b, l, -h))
            - kernel(shifted(a, k, -h), shifted(b, l, h)) + kernel(shifted(a, k, -h), shifted(b, l, -h))) / (4 * h * h)
        #expect(
          abs(slopes[2 * k + l] - expected) < 4 * 1.5 * 2.25 / Double(draws).squareRoot(),
          "∂\(k)∂\(l): \(slopes[2 * k + l]) against \(expected)")
      }
    }
  }
}
