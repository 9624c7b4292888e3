import Foundation
import TestSupport
import WideKernels

/// Values of neural-tangents (float64) that lie beside the repository; see the README beside them.
struct Oracle {
  struct Layer: Decodable {
    var op: String?
    var parameterization: String?
    var W_std, b_std: Double?
    var a, b, c: Double?
    var alpha, gamma, degree: Double?
    var coef: [Double]?
    var fn: String?
  }

  struct Case: Decodable {
    var id: String
    var group: String
    var layers: [Layer]
    var x1: String
    var x2: String?
    /// Absent where the values lie in files of their own.
    var out: [String: Tensor]?
  }

  /// A kernel, or something of another shape that these tests do not read. `null` stands for NaN.
  enum Tensor: Decodable {
    case matrix([[Double?]])
    case other
    init(from decoder: any Decoder) throws {
      self = (try? [[Double?]](from: decoder)).map(Tensor.matrix) ?? .other
    }
  }
  struct Input: Decodable { var data: Tensor }
  struct Gradient: Decodable {
    var layers_at: [Layer]
    var get: String
    var x1: String
    var x2: String
    var value: [[Double]]
    var c: [[Double]]
    var d_sum_cK_d_X1: [[Double]]
  }
  /// Kernels of the upper block at given values Z of a bottleneck.
  struct Bottleneck: Decodable {
    var lower_layers: [Layer]
    var upper_layers: [Layer]
    var x1: String
    var x2: String
    var Z: [[Double]]
    var nngp12_given_Z: [[Double]]
    var ntk_upper12_given_Z: [[Double]]
    var mixed_hessian_trace12: [[Double]]
    var expected_ntk12_given_Z: [[Double]]
  }
  struct File: Decodable {
    var bottleneck: [Bottleneck]
    var inputs: [String: Input]
    var cases: [Case]
    var gradients: [Gradient]
  }

  var inputs: [String: [[Double]]]
  var cases: [(description: Case, out: [String: [[Double?]]])]
  var gradients: [Gradient]
  var bottlenecks: [Bottleneck]

  init() throws {
    let data = try Data(contentsOf: OracleFile.url)
    let file = try JSONDecoder().decode(File.self, from: data)
    func matrix(_ tensor: Tensor) -> [[Double?]]? { if case .matrix(let rows) = tensor { rows } else { nil } }
    inputs = file.inputs.compactMapValues { matrix($0.data)?.map { $0.compactMap { $0 } } }
    cases = file.cases.map { ($0, ($0.out ?? [:]).compactMapValues(matrix)) }
    gradients = file.gradients
    bottlenecks = file.bottleneck
  }

  struct Unsupported: Error, CustomStringConvertible { var description: String }

  /// Our program for its layers; W_std and b_std are standard deviations there.
  static func program(_ layers: [Layer]) throws -> CovarianceProgram {
    CovarianceProgram(
      chain: try layers.map { layer in
        guard layer.op == "Dense" else { return .activation(try activation(layer)) }
        guard layer.parameterization ?? "ntk" == "ntk" else { throw Unsupported(description: "Dense in standard parametrisation") }
        let (weight, bias) = (layer.W_std ?? 1, layer.b_std ?? 0)
        return .affine(weightVariance: weight * weight, biasVariance: bias * bias)
      })
  }

  static func activation(_ layer: Layer) throws -> ActivationKind {
    let op = layer.op ?? "branches"
    func abc(_ a: Double, _ b: Double, _ c: Double) -> [Double] { [layer.a ?? a, layer.b ?? b, layer.c ?? c] }
    switch op {
    case "Relu": return .relu
    case "LeakyRelu": return try LeakyReLU(parameters: [layer.alpha ?? .nan]).kind
    case "ABRelu": return try ABReLU(parameters: [layer.a ?? .nan, layer.b ?? .nan]).kind
    case "Abs": return .abs
    case "Erf": return layer.a == nil ? .erf : try ScaledErf(parameters: abc(1, 1, 0)).kind
    case "Sigmoid_like": return try ScaledErf(parameters: [0.5, 1 / 2.4020563531719796, 0.5]).kind
    case "Gelu": return .gelu
    case "Sin": return try Sin(parameters: abc(1, 1, 0)).kind
    case "Cos": return try Cos(parameters: abc(1, 1, 0)).kind
    case "Rbf": return try Rbf(parameters: [layer.gamma ?? 1]).kind
    case "Gaussian": return try Gaussian(parameters: [layer.a ?? 1, -(layer.b ?? -1)]).kind
    case "Exp": return try Exp(parameters: [layer.a ?? 1, layer.b ?? 1]).kind
    case "Monomial": return try Monomial(parameters: [layer.degree ?? .nan]).kind
    case "RectifiedMonomial": return try RectifiedMonomial(parameters: [layer.degree ?? .nan]).kind
    case "Polynomial": return try Polynomial(parameters: layer.coef ?? []).kind
    case "Identity": return .identity
    case "Sign": return .sign
    case "ElementwiseNumerical":
      // There a quadrature too, whose error is 1e-6 and more.
      return try ActivationKind(layer.fn ?? "")
    default: throw Unsupported(description: op)
    }
  }
}
