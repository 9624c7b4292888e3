import Compute
import ReferenceBackend
import TestSupport
import Testing
import WideKernels

@Suite struct SmallDeviceTests {
  private let program = CovarianceProgram(chain: [
    .affine(weightVariance: 2.25, biasVariance: 0.25), .activation(.erf), .affine(weightVariance: 1, biasVariance: 0),
  ])
  private let values = RandomStream(seed: 1, name: "points").normals(40 * 3)

  /// All rows of both kernels of 40 points, by panels of whatever size the device has room for.
  private func kernels(_ engine: Engine) throws -> (nngp: [Double], ntk: [Double], panels: Int) {
    let x = try engine.tensor(values, rows: 40, columns: 3)
    var (nngp, ntk, panels): ([Double], [Double], Int) = ([], [], 0)
    try engine.kernelPanels(program, x, nil, nngp: true, ntk: true) { rows, first, second in
      #expect(rows.lowerBound * 40 == nngp.count)
      if let first { nngp += try engine.read(first) }
      if let second { ntk += try engine.read(second) }
      panels += 1
    }
    return (nngp, ntk, panels)
  }

  @Test func aDeviceOutOfMemoryGetsSmallerPanelsAndTheSameNumbers() throws {
    let whole = try kernels(Engine(ReferenceBackend()))
    let small = try kernels(Engine(TightDevice(ReferenceBackend(), room: 7 * 40 * 8)))
    #expect(whole.panels == 1 && small.panels > 5, "\(small.panels) panels")
    // The whole kernel is mirrored and takes its diagonal from its own Gram matrix, a panel does not: a few roundings apart.
    let differences = zip(whole.nngp + whole.ntk, small.nngp + small.ntk).map { abs($0 - $1) / abs($0) }
    #expect([whole.nngp, whole.ntk, small.nngp, small.ntk].allSatisfy { $0.count == 40 * 40 })
    let isClose = differences.allSatisfy { $0 <= 32 * Precision.float64.unitRoundoff }
    #expect(isClose, "relative difference \(differences.max() ?? .nan)")
  }

  @Test func aDeviceWithoutRoomForARowSaysSo() throws {
    // Room for the 40 inputs, but not for a row of 200 results.
    let engine = try Engine(TightDevice(ReferenceBackend(), room: 1000))
    let x = try engine.tensor(Array(values.prefix(120)), rows: 40, columns: 3)
    let y = try engine.tensor([Double](repeating: 0.5, count: 120), rows: 40, columns: 3)
    #expect(throws: ComputeError.self) { try engine.kernel(program, x, y) }
    #expect(throws: ComputeError.self) { _ = try kernels(Engine(TightDevice(ReferenceBackend(), room: 200))) }
  }

  @Test func aBudgetThatIsTooSmallSaysHowMuchIsNeeded() throws {
    let engine = try Engine(ReferenceBackend(), memoryBudget: 1000)
    let error = #expect(throws: ComputeError.self) { _ = try kernels(engine) }
    guard case .budgetTooSmall(_, let needed, 1000) = error else {
      Issue.record("expected a budget error, got \(String(describing: error))")
      return
    }
    #expect(needed > 900, "\(needed) bytes")
  }
}
