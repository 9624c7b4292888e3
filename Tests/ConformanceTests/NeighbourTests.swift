import BackendTestKit
import CPUBackend
import Compute
import Foundation
import ReferenceBackend
import Testing

/// What of a result stays the same to the last bit whatever else the same call computes: Documentation/numerics.md, "Neighbours".
@Suite struct NeighbourTests {
  /// Every backend that is present; the CPU's with every instruction set that the processor has.
  static let targets: [Target] = Target.all.filter { $0.engine.device.backend != "cpu" } + processors

  private static let processors: [Target] = CPUBackend.available.flatMap { set in
    Precision.allCases.compactMap { precision in
      (try? CPUBackend(instructionSet: set, threads: 2)).flatMap { try? Engine($0, precision: precision) }.map(Target.init)
    }
  }

  @Test(arguments: targets, ConformanceSuite.neighbourCases)
  func aNumberIsTheSameBesideAnyOthers(_ target: Target, _ neighbours: ConformanceCase) { expect(neighbours, on: target) }

  /// What the reference and the CPU backend keep beyond that.
  @Test(arguments: targets.filter { ["reference", "cpu"].contains($0.engine.device.backend) }, ConformanceSuite.closeNeighbourCases)
  func splitSumsAreTheSameOnProcessors(_ target: Target, _ neighbours: ConformanceCase) { expect(neighbours, on: target) }

  private func expect(_ neighbours: ConformanceCase, on target: Target) {
    let result = ConformanceSuite.run(neighbours, on: target.engine)
    #expect(result.failures == [], "\(neighbours) on \(target.testDescription), \(target.engine.device.driver)")
    #expect(result.elements > 0)
  }

  /// The reference, but every number is off by as many ulp as the number of results has binary digits.
  private struct Crowded: Backend {
    let reference = ReferenceBackend()
    var device: DeviceDescription { reference.device }

    func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { try reference.allocate(byteCount: byteCount) }
    func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
      try reference.copyIn(bytes, to: buffer, at: byteOffset)
    }
    func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
      try reference.copyOut(buffer, at: byteOffset, into: bytes)
    }
    func synchronize() {}

    func perform(_ job: BackendJob) throws(ComputeError) {
      try reference.perform(job)
      guard job.operation != .copyRows else { return }
      for operand in job.operands where operand.role.isWritten {
        let engine = try Engine(reference, precision: job.precision)
        let digits = Int.bitWidth - operand.tensor.count.leadingZeroBitCount
        let factor = 1 + 2 * job.precision.unitRoundoff * Double(digits)
        try engine.write(engine.read(operand.tensor).map { $0 * factor }, into: operand.tensor)
      }
    }
  }

  @Test(arguments: ConformanceSuite.neighbourCases + ConformanceSuite.closeNeighbourCases)
  func aBackendWhoseNumbersDependOnTheOthersFails(_ neighbours: ConformanceCase) throws {
    let result = ConformanceSuite.run(neighbours, on: try Engine(Crowded()))
    #expect(result.failures.contains { $0.contains("beside others") }, "\(neighbours)")
  }

  private static let page = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Documentation/numerics.md")

  @Test(.enabled(if: FileManager.default.fileExists(atPath: page.path), "the documentation is not beside the tests"))
  func whatIsPromisedHasCases() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n## Neighbours\n").last?.components(separatedBy: "\n## ").first)
    let promised = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row in
      row.dropFirst().prefix { $0 != "|" }.matches(of: /`(\w+)`/).map { String($0.1) }
    }
    #expect(promised.count > 5, "too few rows were found for this test to mean anything")
    #expect(Set(ConformanceSuite.neighbourCases.map(\.operation.rawValue)) == Set(promised))
  }
}
