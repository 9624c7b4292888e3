import Matrices
import Testing

@Suite struct MatrixTests {
  @Test func normsReachAsFarAsNumbers() {
    for scale in [1, 1e300, 1e-300] { #expect(abs(euclideanNorm([3 * scale, -4 * scale, 0]) / scale - 5) < 1e-15, "\(scale)") }
    #expect(euclideanNorm([Double]()) == 0 && euclideanNorm([0.0, 0]) == 0 && euclideanNorm([1, .infinity]) == .infinity)
  }

  @Test func rowsAreChosenAndAppended() {
    let a = Matrix(rows: 2, columns: 2, values: [1, 2, 3, 4])
    #expect(a.rows([1, 0, 1]).values == [3, 4, 1, 2, 3, 4])
    #expect(a.followed(by: a.map { -$0 }) == Matrix(rows: 4, columns: 2, values: [1, 2, 3, 4, -1, -2, -3, -4]))
    #expect(a.rowNorms[1] == 5 && Matrix.relativeDistance(a + a, a) == 1 && (a - a).norm == 0)
  }
}
