import Foundation

/// The loss of one example: l(F, y) with F the c outputs.
public enum Loss: String, Sendable, Codable, CaseIterable {
  /// l = ½ |F − y|²; y has c numbers.
  case squared
  /// l = log Σ_o exp F_o − Σ_o y_o F_o; y is a distribution over the c classes.
  case softmax

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
      }
    }
    return total / Double(max(outputs.rows, 1))
  }

  /// dl/dF of each example, not divided by their number.
  public func gradient(_ outputs: Matrix, _ targets: Matrix) -> Matrix {
    switch self {
    case .squared: return outputs - targets
    case .softmax:
      var gradient = outputs
      let columns = outputs.columns
      for row in 0..<outputs.rows {
        let range = row * columns..<(row + 1) * columns
        let largest = outputs.values[range].max() ?? 0
        let sum = outputs.values[range].reduce(0) { $0 + exp($1 - largest) }
        for index in range { gradient.values[index] = exp(outputs.values[index] - largest) / sum - targets.values[index] }
      }
      return gradient
    }
  }
}
