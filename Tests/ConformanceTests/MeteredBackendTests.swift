import BackendTestKit
import Compute
import Testing

/// A metered backend is the backend: every operation arrives, and its results are the same bits.
@Suite struct MeteredBackendTests {
  @Test(arguments: Target.all)
  func forwardsEveryOperationBitForBit(_ target: Target) throws {
    let backend = MeteredBackend(target.engine.backend)
    let metered = try Engine(backend, precision: target.engine.precision)
    for one in BackendOperation.smallCases {
      let (got, expected) = (ConformanceSuite.run(one, on: metered), ConformanceSuite.run(one, on: target.engine))
      #expect(expected.passed && got.passed && got.digest == expected.digest, "\(one) on \(target.testDescription)")
    }
    // Every operation has been metered by its name.
    let metering = Set(backend.meter.profile.operations.keys.map(\.name))
    let operations = BackendOperation.allCases.map(\.rawValue)
    #expect(metering == Set(operations + ["allocate", "copyIn", "copyOut"]), "\(target.testDescription)")
    #expect(backend.device == target.engine.device)
  }
}
