import Compute
import Foundation
import OpenCLBackend
import Testing

/// functions.cl beside the C library.
@Suite(.needsOpenCL) struct FunctionTests {
  private struct Case: Sendable {
    var text: String
    var first: Double
    var last: Double
    var function: @Sendable (Double, Double) -> Double
  }

  private static let cases = [
    Case(text: "exp(x)", first: -80, last: 80) { x, _ in exp(x) },
    Case(text: "expm1(x)", first: -40, last: 80) { x, _ in expm1(x) },
    Case(text: "expm1(x)", first: -1e-3, last: 1e-3) { x, _ in expm1(x) },
    Case(text: "log(x)", first: 1e-30, last: 100) { x, _ in log(x) },
    Case(text: "log1p(x)", first: -0.99, last: 100) { x, _ in log1p(x) },
    Case(text: "log1p(x)", first: -1e-3, last: 1e-3) { x, _ in log1p(x) },
    Case(text: "erf(x)", first: -7, last: 7) { x, _ in erf(x) },
    Case(text: "atan2(y, x)", first: -2, last: 2) { x, y in atan2(y, x) },
  ]

  private func evaluate(_ text: String, _ x: [Double], _ y: [Double], _ backend: OpenCLBackend, _ precision: Precision) throws -> [Double] {
    let engine = try Engine(backend, precision: precision)
    let inputs = try [x, y].map { try engine.tensor($0, rows: 1, columns: x.count) }
    let out = try engine.empty(rows: 1, columns: x.count)
    let lanes = backend.tiles.lanes(precision)
    try backend.launch(
      KernelRequest(file: "map", precision: precision, lanes: lanes, defines: ["INPUTS": 2], generatedKey: text), "map",
      generated: { "INLINE void point_function(const vreal x, const vreal y, vreal *result) { *result = \(text); }\n" },
      global: [(x.count + lanes - 1) / lanes, 1, 1], local: [1, 1, 1],
      [
        try backend.view(inputs[0]), .int(1), try backend.view(inputs[1]), .int(1), try backend.view(out), .int(1), .int(x.count),
      ])
    return try engine.read(out)
  }

  private func backends() throws -> [(OpenCLBackend, Precision)] {
    let backends = try OpenCLBackend.discover().flatMap { backend in backend.device.precisions.map { (backend, $0) } }
    try #require(!backends.isEmpty, "no OpenCL device")
    return backends
  }

  /// 3 ulp, of which the library's own result may have half a one.
  @Test func vectorFunctionsAreWithinAFewUlp() throws {
    for (backend, precision) in try backends() {
      for test in Self.cases {
        var numbers = Numbers(test.text)
        func arguments() -> [Double] {
          numbers(10_007).map { max(test.first, Double(Float(test.first + (test.last - test.first) * ($0 + 1) / 2))) }
        }
        let (x, y) = (arguments(), arguments())
        var worst = (ulp: 0.0, x: 0.0, y: 0.0, got: 0.0)
        for (i, got) in try evaluate(test.text, x, y, backend, precision).enumerated() {
          let expected = test.function(x[i], y[i])
          let ulp = precision == .float64 ? expected.ulp : Double(Float(expected).ulp)
          let error = abs(got - expected) / ulp
          if !(error <= worst.ulp) { worst = (error.isNaN ? .infinity : error, x[i], y[i], got) }
        }
        #expect(worst.ulp <= 3, "\(test.text) in \(precision): \(worst)")
      }
    }
  }

  @Test func specialValuesFollowTheLibrary() throws {
    let (zero, infinity) = (0.0, Double.infinity)
    let x = [zero, -zero, 1, -1, 800, -800, infinity, -infinity, .nan, 1e-30, -1e-30]
    for (backend, precision) in try backends() {
      for test in Self.cases where !test.text.hasPrefix("atan2") {
        let got = try evaluate(test.text, x, x, backend, precision)
        #expect(got.count == x.count)
        for (argument, value) in zip(x, got) where !(test.text.hasPrefix("log1p") && argument < -1) {
          let exact = test.function(argument, 0)
          let expected = precision == .float64 ? exact : Double(Float(exact))
          let isClose = abs(value - expected) <= abs(expected) * 4 * precision.unitRoundoff
          #expect(value == expected || value.isNaN && expected.isNaN || isClose, "\(test.text) of \(argument) in \(precision): \(value)")
        }
      }
      let angles = try evaluate("atan2(y, x)", [0, -1, 1, .nan], [0, 0, 0, 1], backend, precision)
      #expect(angles[0] == 0 && angles[2] == 0 && angles[3].isNaN, "\(angles)")
      #expect(abs(angles[1] - Double.pi) < 1e-6, "\(angles)")
    }
  }
}
