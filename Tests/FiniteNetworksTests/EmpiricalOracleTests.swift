import Compute
import FiniteNetworks
import TestSupport
import Testing

/// Outputs, kernels, products and expansions of two finite networks against neural-tangents, on every backend.
@Suite(.enabled(if: OracleFile.isPresent, "\(OracleFile.absence)")) struct EmpiricalOracleTests {
  private struct Comparison {
    let oracle: EmpiricalOracle
    let description: EmpiricalOracle.Case
    let engine: Engine
    let network: FiniteNetwork
    let x1, x2: Tensor

    /// Every number to 1e-10 of itself, as the oracle's notes ask.
    func expect(_ got: Tensor, _ expected: [Double], _ what: String) throws {
      let numbers = try engine.read(got)
      #expect(numbers.count == expected.count && !expected.isEmpty, "\(description.id), \(what)")
      let isClose = zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-10 * max(abs($1), 1e-300) || $0 == $1 }
      #expect(isClose, "\(description.id), \(what) on \(engine.device.identifier)")
    }

    /// `[n, m, outputs, outputs]` in our order: row o·n + i, column p·m + j.
    func full(_ values: EmpiricalOracle.Values) -> [Double] {
      let (n, m, c) = (values.shape[0], values.shape[1], values.shape[2])
      return (0..<c * n * c * m).map { place in
        let (row, column) = (place / (c * m), place % (c * m))
        return values.numbers[((row % n * m + column % m) * c + row / n) * c + column / m]
      }
    }
  }

  private func forEveryCase(_ body: (Comparison) throws -> Void) throws {
    let oracle = try EmpiricalOracle()
    #expect(Set(oracle.cases.map(\.id)).isSuperset(of: ["emp_fc_relu", "emp_conv_relu_gap"]))
    for engine in try Samples.engines() {
      for description in oracle.cases {
        try body(
          Comparison(
            oracle: oracle, description: description, engine: engine,
            network: oracle.network(description, description.params, on: engine), x1: oracle.points(description.x1, on: engine),
            x2: oracle.points(description.x2, on: engine)))
      }
    }
  }

  @Test func outputsAgree() throws {
    try forEveryCase { of in
      try of.expect(of.network.outputs(of.x1), of.description.f_x1.numbers, "f(x1)")
      try of.expect(of.network.outputs(of.x2), of.description.f_x2.numbers, "f(x2)")
    }
  }

  @Test func tangentKernelsAgree() throws {
    try forEveryCase { of in
      try of.expect(of.network.tangentKernel(of.x1, of.x2, outputs: .full), of.full(of.description.ntk12_full), "full tangent kernel")
      try of.expect(of.network.tangentKernel(of.x1, of.x2), of.description.ntk12_trace.numbers, "traced tangent kernel")
      try of.expect(of.network.tangentKernel(of.x1), of.description.ntk11_trace.numbers, "traced tangent kernel of x1 with itself")
    }
  }

  @Test func outputKernelsAgree() throws {
    try forEveryCase { of in
      try of.expect(of.network.outputKernel(of.x1, of.x2, outputs: .full), of.full(of.description.nngp12_full), "full output kernel")
      try of.expect(of.network.outputKernel(of.x1, of.x2), of.description.nngp12_trace.numbers, "traced output kernel")
    }
  }

  @Test func productsWithTheTangentKernelAgree() throws {
    try forEveryCase { of in
      let vector = of.description.ntk_vp_vec
      let v = try of.engine.tensor(vector.numbers, rows: vector.shape[0], columns: vector.shape[1])
      try of.expect(of.network.tangentKernelProduct(of.x1, of.x1, v), of.description.ntk_vp.numbers, "kernel-vector product")
    }
  }

  @Test func expansionsInTheParametersAgree() throws {
    try forEveryCase { of in
      let other = try of.oracle.network(of.description, of.description.params_new, on: of.engine)
      try of.expect(other.outputs(of.x1), of.description.f_new_x1.numbers, "f(x1) at the new parameters")
      let direction = try of.engine.map(.difference, other.parameters, of.network.parameters)
      let expected = [of.description.linearized_x1, of.description.taylor2_x1]
      for (index, values) in expected.enumerated() {
        let model = try TaylorModel(of.network, order: index + 1, displacement: direction)
        try of.expect(model.outputs(of.x1), values.numbers, "Taylor polynomial of order \(index + 1)")
      }
    }
  }
}
