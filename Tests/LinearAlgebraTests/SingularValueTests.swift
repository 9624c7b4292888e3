import LinearAlgebra
import Testing

@Suite struct SingularValueTests {
  /// A = U s Vᵀ with orthogonal U and V, tall, wide and of lower rank.
  @Test(arguments: [(3, 5), (5, 3), (4, 4), (1, 6), (6, 1)]) func multipliesBackTogether(_ rows: Int, _ columns: Int) throws {
    // Rank 2 at most.
    var a: [Double] = []
    for i in 0..<rows {
      for j in 0..<columns {
        let (first, second) = ((i + 1) * (j + 2), (i * i - 2) * (j - 1))
        a.append(Double(first) + 0.5 * Double(second))
      }
    }
    let svd = try singularValues(a, rows: rows, columns: columns)
    #expect(svd.values.count == min(rows, columns) && zip(svd.values, svd.values.dropFirst()).allSatisfy { $0 >= $1 })
    func product(_ i: Int, _ j: Int) -> Double {
      var sum = 0.0
      for (k, value) in svd.values.enumerated() {
        let (u, v) = (svd.left[i * rows + k], svd.right[k * columns + j])
        sum += u * value * v
      }
      return sum
    }
    func overlap(_ vectors: [Double], _ n: Int, _ i: Int, _ j: Int) -> Double {
      var sum = i == j ? -1.0 : 0
      for k in 0..<n {
        let (a, b) = (vectors[i * n + k], vectors[j * n + k])
        sum += a * b
      }
      return sum
    }
    var errors: [Double] = []
    for i in 0..<rows { for j in 0..<columns { errors.append(abs(product(i, j) - a[i * columns + j]) / svd.values[0]) } }
    for i in 0..<rows { for j in 0..<rows { errors.append(abs(overlap(svd.left, rows, i, j))) } }
    for i in 0..<columns { for j in 0..<columns { errors.append(abs(overlap(svd.right, columns, i, j))) } }
    let isExact = errors.allSatisfy { $0 < 1e-14 * Double(rows + columns) }
    #expect(isExact, "\(errors.max() ?? .nan)")
    #expect(svd.values.dropFirst(2).allSatisfy { $0 < 1e-14 * svd.values[0] })
  }

  @Test func faultsAreNamed() {
    #expect(throws: FactorisationError.notFinite(item: 0, row: 1, column: 0)) {
      try singularValues([1, 2, .nan, 4], rows: 2, columns: 2)
    }
    #expect(throws: FactorisationError.self) { try singularValues([1, 2, 3], rows: 2, columns: 2) }
  }
}
