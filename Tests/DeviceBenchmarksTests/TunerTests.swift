import Compute
import DeviceBenchmarks
import DeviceTuning
import Foundation
import ReferenceBackend
import Testing

@Suite struct TunerTests {
  /// The first row of a quick tune of products whose candidates are these.
  private func tune(_ steps: [[[String: Int]]]) throws -> TuningRow {
    var tuner = try Tuner(SizedBackend(steps: steps))
    tuner.isQuick = true
    let operations = tuner.operations()
    #expect(operations.count == 1 && tuner.operations(filter: "gemm float64").count == 1 && tuner.operations(filter: "map").isEmpty)
    return try tuner.tune(operations[0])
  }

  @Test func theQuickestIsTaken() throws {
    let row = try tune([[["milliseconds": 1], ["milliseconds": 25]], [["other": 1]]])
    #expect(row.best["milliseconds"] == 1 && row.gain > 0.3 && row.gain < 1, "\(row)")
    #expect(row.tried.count == 3 && row.refused.isEmpty && row.ownSeconds > 19e-3)
    #expect(row.values[KernelSizeKey("gemm", .float64, "milliseconds")] == 1)
  }

  @Test func aWrongResultIsRefusedAndNamedHoweverQuick() throws {
    let row = try tune([[["milliseconds": 1, "wrong": 1], ["milliseconds": 2]]])
    #expect(row.best == ["milliseconds": 2], "\(row)")
    #expect(row.refused.count == 1 && row.refused[0].sizes == ["milliseconds": 1, "wrong": 1])
    #expect(row.refused.first?.reason.contains("residual") == true, "\(row.refused)")
  }

  @Test func sizesThatTheDeviceCannotBuildAreRefused() throws {
    let row = try tune([[["milliseconds": -1]]])
    #expect(row.best.isEmpty && row.values.isEmpty && row.refused.count == 1, "\(row)")
  }

  /// 20 ms and 1 % less: not worth other bits.
  @Test func withinTheMarginTheDevicesOwnSizesStay() throws {
    let row = try tune([[["microseconds": -200]]])
    #expect(row.best.isEmpty && row.gain == 0 && row.tried.count == 1, "\(row)")
  }

  @Test func aDeviceThatIsWrongBeforeItIsTunedIsAnError() throws {
    let tuner = try Tuner(SizedBackend(steps: [[["milliseconds": 1]]], isWrong: true))
    #expect(throws: TuningError.self) { try tuner.tune(tuner.operations()[0]) }
  }
}

/// The reference with a product that takes as long as its sizes say, 20 ms of its own: far more than a busy machine adds.
private struct SizedBackend: TunableBackend, BackendWrapper, HostFallback {
  let steps: [[[String: Int]]]
  var isWrong = false
  var measuredSizes = MeasuredSizes()
  let fallbackLog = FallbackLog()
  let backend: any Backend = ReferenceBackend()

  init(steps: [[[String: Int]]], isWrong: Bool = false) {
    self.steps = steps
    self.isWrong = isWrong
  }

  var refusedSizes: KernelSizeError? { nil }
  var tunedDevice: TunedDevice { TunedDevice(device: "none", driver: "", kernels: "none", units: 1) }
  var tunableOperations: [TunableOperation] {
    [TunableOperation("gemm", .float64, .products(side: 17), defaults: ["milliseconds": 20], steps: steps)]
  }

  private func size(_ name: String) -> Int? { measuredSizes[KernelSizeKey("gemm", .float64, name)] }

  func replacingSizes(by values: MeasuredSizes) throws -> any TunableBackend {
    var copy = self
    copy.measuredSizes = values
    guard copy.size("milliseconds") ?? 0 >= 0 else {
      throw ComputeError.kernelBuildFailed(device: "none", kernel: "gemm", log: "a time below 0")
    }
    return copy
  }

  func perform(_ job: BackendJob) throws(ComputeError) {
    guard case .gemm(let product) = job else { return try performOnHost(job) }
    try backend.perform(job)
    Thread.sleep(forTimeInterval: 1e-3 * Double(size("milliseconds") ?? 20) + 1e-6 * Double(size("microseconds") ?? 0))
    if isWrong || size("wrong") != nil { try Engine(backend).write([1e3], into: product.c.rows(16..<17).columns(16..<17)) }
  }
}
