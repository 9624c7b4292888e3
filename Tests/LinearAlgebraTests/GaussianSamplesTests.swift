import BackendCatalog
import Compute
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite struct GaussianSamplesTests {
  private let n = 300
  private let seed: UInt64 = 11

  /// Every backend that computes in float64: at least the reference and the processor.
  private static func engines() throws -> [Engine] {
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    try #require(backends.count >= 2, "\(backends.map(\.device.identifier))")
    return try backends.map { try Engine($0) }
  }

  /// X·Xᵀ/k + 0.1·I with k = 2n, row-major: condition numbers of about 20.
  private func matrix() -> [Double] {
    let k = 2 * n
    let x = RandomStream(seed: seed, name: "samples").normals(n * k)
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        let sum = (0..<k).reduce(i == j ? 0.1 : 0) { $0 + x[i * k + $1] * x[j * k + $1] / Double(k) }
        (a[i * n + j], a[j * n + i]) = (sum, sum)
      }
    }
    return a
  }

  private func samples(
    of a: [Double], normals: [Double], columns: Int, jitter: Double = 0, storage: PanelStorage = .device, on engine: Engine
  ) throws -> [Double] {
    let matrix = try engine.tensor(a, rows: n, columns: n)
    return try engine.read(
      gaussianSamples(
        size: n, normals: engine.tensor(normals, rows: n, columns: columns), jitter: jitter, blockSize: 64, storage: storage, on: engine
      ) { matrix.rows($0.lowerBound..<n).columns($0) })
  }

  /// The unit matrix instead of normals shows L itself, for products with 0 and 1 are exact.
  @Test(arguments: [0, 0.01])
  func theUnitMatrixGivesTheDenseFactor(_ jitter: Double) throws {
    let a = matrix()
    let identity = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0.0 }
    let expected = try cholesky(a, size: n, jitter: jitter)
    for engine in try Self.engines() {
      let l = try samples(of: a, normals: identity, columns: n, jitter: jitter, on: engine)
      let errors = zip(l, expected).map { abs($0 - $1) }
      // Forward error: the condition, at most 40, times n roundings.
      let isClose = errors.count == n * n && errors.allSatisfy { $0 <= 40 * Double(n) * 0x1p-53 }
      #expect(isClose, "\(engine.device.identifier), seed \(seed): \(errors.max() ?? .nan)")
    }
  }

  @Test func samplesAreTheFactorTimesTheNormals() throws {
    let a = matrix()
    let normals = RandomStream(seed: seed, name: "normals").normals(n * 5)
    let l = try cholesky(a, size: n)
    for engine in try Self.engines() {
      let got = try samples(of: a, normals: normals, columns: 5, on: engine)
      var worst = 0.0
      for (index, value) in got.enumerated() {
        let (i, column) = (index / 5, index % 5)
        let terms = (0..<n).map { (factor: l[i * n + $0], normal: normals[$0 * 5 + column]) }
        let sum = terms.reduce(0) { $0 + $1.factor * $1.normal }
        // The factor's forward error as above, and γ_n for each of the two sums.
        let bound = Double(n) * 0x1p-53 * terms.reduce(0) { $0 + (40 + 2 * abs($1.factor)) * abs($1.normal) }
        let share = abs(value - sum) / bound
        if !(share <= worst) { worst = share.isNaN ? .infinity : share }
      }
      #expect(got.count == n * 5 && worst <= 1, "\(engine.device.identifier), seed \(seed): \(worst) of the bound")
    }
  }

  @Test func bitsDependNeitherOnTheStorageNorOnOtherColumns() throws {
    let folder = try TemporaryFolder()
    let a = matrix()
    let normals = RandomStream(seed: seed, name: "normals").normals(n * 40)
    for engine in try Self.engines() {
      let all = try samples(of: a, normals: normals, columns: 40, on: engine)
      for columns in [1, 3, 17, 33] {
        let part = (0..<n * columns).map { normals[$0 / columns * 40 + $0 % columns] }
        let expected = (0..<n * columns).map { all[$0 / columns * 40 + $0 % columns] }
        for storage in [PanelStorage.device, .disk(folder: folder.url)] {
          let got = try samples(of: a, normals: part, columns: columns, storage: storage, on: engine)
          let isEqual = got == expected
          #expect(isEqual, "\(engine.device.identifier), \(columns) of 40 columns, \(storage), seed \(seed)")
        }
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(arguments: [5, 63, 64, 299])
  func aBadPivotIsNamed(_ index: Int) throws {
    let folder = try TemporaryFolder()
    var a = matrix()
    a[index * n + index] = -1
    for storage in [PanelStorage.device, .disk(folder: folder.url)] {
      let error = #expect(throws: FactorisationError.self) {
        try samples(of: a, normals: [Double](repeating: 1, count: n), columns: 1, storage: storage, on: Engine(BackendCatalog.backend()))
      }
      guard case .notPositiveDefinite(item: 0, index, let pivot) = error, pivot < 0 else {
        Issue.record("expected pivot \(index), got \(String(describing: error))")
        return
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func aPanelThatIsNotFiniteIsNamed(_ value: Double) throws {
    var a = matrix()
    a[231 * n + 70] = value
    #expect(throws: FactorisationError.notFinite(item: 0, row: 231, column: 70)) {
      try samples(of: a, normals: [Double](repeating: 1, count: n), columns: 1, on: Engine(BackendCatalog.backend()))
    }
  }

  @Test func operandsThatDoNotFitAreRefused() throws {
    let engine = try Engine(BackendCatalog.backend())
    let two = try engine.zeros(rows: 2, columns: 1)
    func isRefused(normals: Tensor, panel: Tensor) {
      let error = #expect(throws: FactorisationError.self) {
        try gaussianSamples(size: 2, normals: normals, on: engine) { _ in panel }
      }
      guard case .shape = error else {
        Issue.record("expected a refused shape, got \(String(describing: error))")
        return
      }
    }
    isRefused(normals: try engine.zeros(rows: 3, columns: 1), panel: try engine.zeros(rows: 2, columns: 2))
    isRefused(normals: two, panel: two)
    isRefused(normals: two, panel: try engine.with(precision: .float32).zeros(rows: 2, columns: 2))
    let none = try gaussianSamples(size: 0, normals: engine.zeros(rows: 0, columns: 3), on: engine) { _ in two }
    #expect(none.shape == (1, 0, 3))
  }

  @Test func aFolderThatCannotBeWrittenIsAnErrorWithTheSystemsReason() throws {
    let missing = try TemporaryFolder().url.appendingPathComponent("missing")
    let expected = FactorisationError.storage(path: missing.path, reason: String(cString: strerror(ENOENT)))
    #expect(throws: expected) {
      try samples(
        of: matrix(), normals: [Double](repeating: 1, count: n), columns: 1, storage: .disk(folder: missing),
        on: Engine(BackendCatalog.backend()))
    }
  }

  @Test func tooLittleRoomIsAnErrorBeforeAnyWork() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FactorisationError.self) { try PanelFile(in: folder.url, expectedBytes: .max) }
    guard case .storage(folder.url.path, let reason) = error else {
      Issue.record("expected too little room, got \(String(describing: error))")
      return
    }
    #expect(reason.contains("\(Int.max) bytes"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsAnErrorWithTheSystemsReason() throws {
    let file = PanelFile(descriptor: open("/dev/full", O_RDWR), path: "/dev/full")
    #expect(throws: FactorisationError.storage(path: "/dev/full", reason: String(cString: strerror(ENOSPC)))) {
      try file.write([1, 2, 3], at: 0)
    }
  }
}
