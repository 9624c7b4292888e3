import BackendCatalog
import Compute
import Foundation
import LinearAlgebra
import Testing

/// Factorisations against their own definitions, with backward error bounds.
@Suite struct FactorisationTests {
  /// Set before OpenBLAS is loaded. Its bits depend on its number of threads, and its threads would hold a core for 0.1 s after every call.
  @Test func threadsOfOpenBLASAreTold() {
    #expect(ProcessInfo.processInfo.environment["OPENBLAS_NUM_THREADS"] == "1")
    #expect(ProcessInfo.processInfo.environment["OPENBLAS_THREAD_TIMEOUT"].flatMap(Int.init).map { $0 < 28 } == true)
  }

  /// X·Xᵀ/k + shift·I, row-major, from a named stream.
  private func positiveDefinite(_ n: Int, inner k: Int, shift: Double, seed: UInt64) -> [Double] {
    let x = RandomStream(seed: seed, name: "factorisation").normals(n * k)
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        var sum = i == j ? shift : 0
        for p in 0..<k { sum += x[i * k + p] * x[j * k + p] / Double(k) }
        a[i * n + j] = sum
        a[j * n + i] = sum
      }
    }
    return a
  }

  /// Largest |A − L·Lᵀ|_ij / (γ_{n+1} Σ|L||Lᵀ|): at most 1 by Higham, thm. 10.3, for any order of summation.
  private func backwardError(_ a: [Double], _ l: [Double], _ n: Int, gammaFactor: Double = 1) -> Double {
    var worst = 0.0
    for i in 0..<n {
      for j in 0...i {
        var (sum, magnitude) = (0.0, 0.0)
        for p in 0...j {
          sum += l[i * n + p] * l[j * n + p]
          magnitude += abs(l[i * n + p] * l[j * n + p])
        }
        let error = abs(a[i * n + j] - sum) / (gammaFactor * Double(2 * n + 2) * 0x1p-53 * magnitude)
        if !(error <= worst) { worst = error.isNaN ? .infinity : error }
      }
    }
    return worst
  }

  @Test(arguments: [1, 2, 7, 33, 130])
  func choleskyIsBackwardStable(_ n: Int) throws {
    let a = positiveDefinite(n, inner: n + 3, shift: 0.1, seed: UInt64(n))
    let l = try cholesky(a, size: n)
    #expect(backwardError(a, l, n) <= 1, "n = \(n), seed \(n)")
    for i in 0..<n { for j in i + 1..<max(n, i + 1) { #expect(l[i * n + j] == 0) } }
  }

  /// Every backend that computes in float64: at least the reference and the processor.
  private static func backends() throws -> [any Backend] {
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    try #require(backends.count >= 2, "\(backends.map(\.device.identifier))")
    return backends
  }

  /// Every backend, blocks smaller than the matrix: the panel goes through an inverse, which costs the block's condition number.
  @Test(arguments: [5, 64, 65, 150])
  func blockedCholeskyAgreesOnEveryBackend(_ n: Int) throws {
    let a = positiveDefinite(n, inner: 2 * n, shift: 0.1, seed: UInt64(n))
    let expected = try cholesky(a, size: n, jitter: 0.01)
    for backend in try Self.backends() {
      let engine = try Engine(backend)
      let tensor = try engine.tensor(a + a, batch: 2, rows: n, columns: n)
      let l = try engine.read(cholesky(tensor, jitter: 0.01, blockSize: 32, on: engine))
      let errors = zip(l, expected + expected).map { abs($0 - $1) }
      // Forward error: condition about 40 times n roundings.
      let isClose = errors.count == l.count && l.count == 2 * n * n && errors.allSatisfy { $0 <= 40 * Double(n) * 0x1p-53 }
      #expect(isClose, "\(backend.device.identifier), n = \(n): \(errors.max() ?? .nan)")
    }
  }

  /// Every transfer waits for the device, and a view with gaps would be one for each of its rows.
  @Test func blocksGoToTheHostAndBackAsAWhole() throws {
    let n = 150
    let backend = try MeteredBackend(#require(BackendCatalog.all().first).backend.get())
    let engine = try Engine(backend)
    let a = try engine.tensor(positiveDefinite(n, inner: n, shift: 0.5, seed: 4), rows: n, columns: n)
    backend.meter.reset()
    _ = try cholesky(a, blockSize: 64, on: engine)
    func calls(_ name: String) -> Int {
      backend.meter.profile.operations.reduce(0) { $0 + ($1.key.name == name ? $1.value.calls : 0) }
    }
    #expect(calls("copyOut") == 4, "sums of rows, three blocks")
    #expect(calls("copyIn") <= 6, "three blocks, two inverses, a zero")
  }

  @Test func whatLiesAboveTheDiagonalIsNotReadAndBecomesZero() throws {
    let n = 70
    let a = positiveDefinite(n, inner: 2 * n, shift: 0.1, seed: 4)
    var lower = a
    for i in 0..<n { for j in i + 1..<n { lower[i * n + j] = (i + j) % 2 == 0 ? .nan : .infinity } }
    for backend in try Self.backends() {
      let engine = try Engine(backend)
      func factor(_ values: [Double]) throws -> [Double] {
        try engine.read(cholesky(engine.tensor(values, rows: n, columns: n), jitter: 0.01, blockSize: 32, on: engine))
      }
      let (expected, got) = try (factor(a), factor(lower))
      #expect(got == expected, "\(backend.device.identifier)")
      let rest = (0..<n).flatMap { i in (i + 1..<n).map { j in got[i * n + j] } }
      #expect(rest.allSatisfy { $0 == 0 }, "\(backend.device.identifier)")
      lower[50 * n + 40] = .infinity
      #expect(throws: FactorisationError.notFinite(item: 0, row: 50, column: 40)) { try factor(lower) }
      lower[50 * n + 40] = a[50 * n + 40]
    }
  }

  @Test func indefiniteMatricesNameThePivot() throws {
    var a = positiveDefinite(40, inner: 60, shift: 0.1, seed: 1)
    a[17 * 40 + 17] = -1
    #expect(throws: FactorisationError.notPositiveDefinite(item: 0, index: 17, pivot: try pivot(a, 17))) { try cholesky(a, size: 40) }
    let engine = try Engine(BackendCatalog.backend())
    let error = #expect(throws: FactorisationError.self) {
      try cholesky(engine.tensor(a, rows: 40, columns: 40), blockSize: 16, on: engine)
    }
    guard case .notPositiveDefinite(item: 0, index: 17, let pivot) = error, pivot < 0 else {
      Issue.record("expected pivot 17, got \(String(describing: error))")
      return
    }
  }

  private func pivot(_ a: [Double], _ index: Int) throws -> Double {
    do { _ = try cholesky(a, size: 40) } catch FactorisationError.notPositiveDefinite(_, index, let pivot) { return pivot }
    return .nan
  }

  @Test(arguments: [Double.nan, .infinity])
  func notFiniteIsFoundBeforeIndefinitenessIsConcluded(_ value: Double) throws {
    var a = positiveDefinite(10, inner: 20, shift: 0.1, seed: 2)
    a[7 * 10 + 3] = value
    a[5 * 10 + 5] = -1
    let expected = FactorisationError.notFinite(item: 0, row: 7, column: 3)
    #expect(throws: expected) { try cholesky(a, size: 10) }
    #expect(throws: expected) { try symmetricEigen(a, size: 10) }
    #expect(throws: expected) { try pivotedCholesky(a, size: 10, tolerance: 1e-3) }
  }

  @Test func eigenvectorsAreOrthonormalAndDiagonalise() throws {
    let n = 60
    let a = positiveDefinite(n, inner: 20, shift: 0, seed: 3)
    let eigen = try symmetricEigen(a, size: n)
    let norm = eigen.values.last ?? 0
    #expect(eigen.values == eigen.values.sorted())
    for k in 0..<n {
      for i in 0..<n {
        let product = (0..<n).reduce(0) { $0 + a[i * n + $1] * eigen.vectors[k * n + $1] }
        #expect(abs(product - eigen.values[k] * eigen.vectors[k * n + i]) <= 10 * Double(n) * 0x1p-53 * norm, "eigenpair \(k)")
      }
      for l in 0...k {
        let overlap = (0..<n).reduce(0) { $0 + eigen.vectors[k * n + $1] * eigen.vectors[l * n + $1] }
        #expect(abs(overlap - (k == l ? 1 : 0)) <= 10 * Double(n) * 0x1p-53)
      }
    }
    let start = RandomStream(seed: 3, name: "lanczos").normals(n)
    let largest = try largestEigenvalue(size: n, start: start, tolerance: 1e-10) { v in
      (0..<n).map { i in (0..<n).reduce(0) { $0 + a[i * n + $1] * v[$1] } }
    }
    #expect(abs(largest / norm - 1) < 1e-9, "\(largest) against \(norm)")
  }

  /// A least eigenvalue below 0 shows, at any scale.
  @Test(arguments: [1, 1e200, 1e-200]) func lanczosFindsBothEndsOfASpectrum(_ scale: Double) throws {
    let n = 60
    var a = positiveDefinite(n, inner: 20, shift: 0, seed: 3)
    for i in 0..<n { a[i * n + i] -= 0.25 }
    let eigen = try symmetricEigen(a, size: n)
    let start = RandomStream(seed: 3, name: "lanczos").normals(n)
    let ends = try extremeEigenvalues(size: n, start: start) { v in
      (0..<n).map { i in scale * (0..<n).reduce(0) { $0 + a[i * n + $1] * v[$1] } }
    }
    let (least, largest) = (scale * (eigen.values.first ?? 0), scale * (eigen.values.last ?? 0))
    let error = max(abs(ends.least - least), abs(ends.largest - largest)) / largest
    #expect(error <= 1e-9, "\(ends) against \(least), \(largest)")
  }

  @Test func pivotedCholeskyStopsAtItsTolerance() throws {
    let n = 50
    let a = positiveDefinite(n, inner: 12, shift: 0, seed: 4)
    let result = try pivotedCholesky(a, size: n, tolerance: 1e-6)
    #expect(result.pivots.count == 12, "a matrix of rank 12 gave \(result.pivots.count) pivots")
    #expect(result.residual.allSatisfy { (0...1e-6).contains($0) })
    for i in 0..<n {
      for j in 0..<n {
        let explained = result.pivots.indices.reduce(0) { $0 + result.rows[$1 * n + i] * result.rows[$1 * n + j] }
        // |A − FFᵀ|_ij is at most the geometric mean of the residuals.
        #expect(abs(a[i * n + j] - explained) <= (result.residual[i] * result.residual[j]).squareRoot() + 1e-12)
      }
    }
    var largest = (0..<n).map { a[$0 * n + $0] }
    #expect(result.pivots[0] == largest.indices.max { largest[$0] < largest[$1] })
    largest[result.pivots[0]] = 0
    let identity = (0..<9).map { $0 % 4 == 0 ? 1.0 : 0.0 }
    #expect(try pivotedCholesky(identity, size: 3, tolerance: 0.1).pivots == [0, 1, 2], "ties go to the lowest index")
    #expect(try pivotedCholesky(identity, size: 3, tolerance: 2).pivots.isEmpty)
    #expect(throws: FactorisationError.self) { try pivotedCholesky([1, 0, 0, -1], size: 2, tolerance: 1e-3) }
  }
}
