import Foundation
import Matrices
import WideKernels

/// The loss of one example: l(F, y) with F the c outputs.
public enum Loss: Sendable, Equatable {
  /// l = ½ |F − y|²; y has c numbers.
  case squared
  /// l = log Σ_o exp F_o − Σ_o y_o F_o; y is a distribution over the c classes.
  case softmax
  /// l = Σ_o max(0, 1 − F_o y_o); y is ±1.
  case hinge
  /// l = Σ_o log(1 + exp(β(1 − F_o y_o)))/β with β the sharpness; y is ±1.
  ///
  /// Source: Geiger et al. 2019, which takes β = 20.
  case softHinge(sharpness: Double)

  /// A run whose loss is this many times the initial one has diverged.
  public static let divergence = 50.0

  /// ψ of a loss Σ_o ψ(1 − F_o y_o) on margins, nil for the others.
  public var marginFunction: ActivationKind? {
    switch self {
    case .squared, .softmax: nil
    case .hinge: .relu
    case .softHinge(let sharpness): .softplus(Softplus(sharpness: sharpness))
    }
  }

  /// Mean loss over the examples.
  public func mean(_ outputs: Matrix, _ targets: Matrix) -> Double {
    var total = 0.0
    let columns = outputs.columns
    for row in 0..<outputs.rows {
      let range = row * columns..<(row + 1) * columns
      switch self {
      case .squared:
        for index in range {
          let difference = outputs.values[index] - targets.values[index]
          total += 0.5 * difference * difference
        }
      case .softmax:
        let largest = outputs.values[range].max() ?? 0
        let sum = outputs.values[range].reduce(0) { $0 + exp($1 - largest) }
        total += largest + log(sum)
        for index in range { total -= targets.values[index] * outputs.values[index] }
      case .hinge: for index in range { total += max(0, 1 - outputs.values[index] * targets.values[index]) }
      case .softHinge(let sharpness):
        for index in range {
          let excess = sharpness * (1 - outputs.values[index] * targets.values[index])
          total += (max(excess, 0) + log1p(exp(-abs(excess)))) / sharpness
        }
      }
    }
    return total / Double(max(outputs.rows, 1))
  }

  /// dl/dF of each example, not divided by their number.
  public func gradient(_ outputs: Matrix, _ targets: Matrix) -> Matrix {
    var gradient = outputs
    switch self {
    case .squared: return outputs - targets
    case .softmax:
      let columns = outputs.columns
      for row in 0..<outputs.rows {
        let range = row * columns..<(row + 1) * columns
        let largest = outputs.values[range].max() ?? 0
        let sum = outputs.values[range].reduce(0) { $0 + exp($1 - largest) }
        for index in range { gradient.values[index] = exp(outputs.values[index] - largest) / sum - targets.values[index] }
      }
    case .hinge:
      for (index, y) in targets.values.enumerated() { gradient.values[index] = outputs.values[index] * y < 1 ? -y : 0 }
    case .softHinge(let sharpness):
      for (index, y) in targets.values.enumerated() {
        gradient.values[index] = -y / (1 + exp(sharpness * (outputs.values[index] * y - 1)))
      }
    }
    return gradient
  }
}

extension Loss: CaseIterable {
  public static let allCases: [Loss] = [.squared, .softmax, .hinge, .softHinge(sharpness: 20)]
}

extension Loss: CustomStringConvertible, LosslessStringConvertible {
  public var description: String {
    switch self {
    case .squared: "squared"
    case .softmax: "softmax"
    case .hinge: "hinge"
    case .softHinge(20): "soft-hinge"
    case .softHinge(let sharpness): "soft-hinge(\(sharpness))"
    }
  }

  /// Reads squared, softmax, hinge, soft-hinge or soft-hinge(β) with β > 0; nil for other text.
  public init?(_ text: String) {
    if let loss = Loss.allCases.first(where: { $0.description == text }) {
      self = loss
      return
    }
    guard text.hasPrefix("soft-hinge("), text.hasSuffix(")"), let sharpness = Double(text.dropFirst(11).dropLast()), sharpness > 0,
      sharpness.isFinite
    else { return nil }
    self = .softHinge(sharpness: sharpness)
  }
}

extension Loss: Codable {
  /// - Throws: `DecodingError` where the text names no loss.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let loss = Loss(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected squared, softmax, hinge or soft-hinge(β), got '\(text)'"))
    }
    self = loss
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
