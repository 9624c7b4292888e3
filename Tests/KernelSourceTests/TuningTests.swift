import Compute
import DeviceTuning
import Foundation
import OpenCLBackend
import Testing
import WideKernels

@Suite struct TuningTests {
  private static let tables: [KernelSizes] = [
    .processor(doubleLanes: 8, floatLanes: 16, units: 2), .processor(doubleLanes: 4, floatLanes: 8, units: 2), .gpu(units: 132),
  ]

  /// Each alone in place of the device's own sizes, and known to be another.
  @Test(arguments: tables) func everyCandidateIsAccepted(_ table: KernelSizes) throws {
    let operations = table.tunable(Precision.allCases)
    #expect(!operations.isEmpty && operations.allSatisfy { !$0.steps.joined().isEmpty })
    for operation in operations {
      for sizes in operation.steps.joined() {
        let values = operation.values(sizes)
        #expect(try table.replacing(by: values, precisions: Precision.allCases).measured == values)
        #expect(sizes.contains { operation.defaults[$0.key] != $0.value }, "\(operation.operation) \(sizes) is the default")
        #expect(sizes.keys.allSatisfy { operation.defaults[$0] != nil })
      }
    }
  }

  @Test func valuesThatAreNoCandidatesAreRefused() {
    let table = Self.tables[0]
    func refuses(_ values: [KernelSizeKey: Int]) -> Bool {
      do throws(KernelSizeError) {
        _ = try table.replacing(by: MeasuredSizes(values), precisions: [.float64])
        return false
      } catch {
        if case .unknownSize = error { return true } else { return false }
      }
    }
    #expect(refuses([KernelSizeKey("widePass", .float64, "accumulators"): 5000]))
    #expect(refuses([KernelSizeKey("widePass", .float64, "colour"): 1]))
    #expect(refuses([KernelSizeKey("widePass", .float32, "accumulators"): 12]), "a precision that the device has not")
    #expect(refuses([KernelSizeKey("gemm large", .float64, "rows"): 128]), "of a GPU")
    #expect(refuses([KernelSizeKey("widePass", .float64, "copies"): 3]), "without the block that is a multiple of it")
    #expect(!refuses([KernelSizeKey("widePass", .float64, "copies"): 3, KernelSizeKey("widePass", .float64, "block"): 15]))
  }

  @Test func alternativesKeepTheKernelsRules() {
    for precision in Precision.allCases {
      let piece = 16 / precision.byteCount
      for tile in GroupTile.SizeClass.allCases.flatMap({ GroupTile.alternatives($0, precision) }) {
        let (groupM, groupN) = (tile.m / tile.workM, tile.n / tile.workN)
        #expect([tile.k, tile.workM, tile.workN].allSatisfy { $0 % piece == 0 } && groupM % 4 == 0 && groupN % 8 == 0, "\(tile)")
        #expect(groupM * tile.workM == tile.m && groupN * tile.workN == tile.n && tile.workItems <= 256, "\(tile)")
      }
    }
  }

  /// As `discover` does it: from a file to the definitions of a kernel.
  @Test(.needsOpenCL) func storedValuesReachTheKernels() throws {
    let store = MeasuredSizeStore(folder: FileManager.default.temporaryDirectory.appending(path: "isthmus-tiles-\(UUID().uuidString)"))
    defer { try? FileManager.default.removeItem(at: store.folder) }
    let plain = try #require(try OpenCLBackend.discover(tiles: nil).first)
    #expect(plain.device.tiles == nil && plain.measuredSizes.isEmpty && plain.refusedSizes == nil)
    let precision = plain.device.precisions[0]
    let operation = try #require(plain.tunableOperations.first { $0.operation == "widePass" && $0.precision == precision })
    let values = operation.values(operation.steps[0][0])
    let file = try #require(try store.store(values, for: plain.tunedDevice))

    let tuned = try #require(try OpenCLBackend.discover(tiles: nil, store: store).first)
    #expect(tuned.device.tiles == values.digest && tuned.measuredSizes == values && tuned.tunedDevice == plain.tunedDevice)
    for (name, value) in operation.steps[0][0] {
      let sizes = tuned.tiles.operation(.widePass, precision)
      #expect([sizes.copies, sizes.block, sizes.group, sizes.stage].contains(value), "\(name)")
    }
    let job = try Self.pass(on: plain, precision), other = try Self.pass(on: tuned, precision)
    #expect(plain.passDefinitions != tuned.passDefinitions, "another text of the program")
    #expect(job.count == 40 && other.count == 40 && zip(job, other).allSatisfy { abs($0 - $1) <= 1e-4 * abs($0) + 1e-4 })

    try Data("{}".utf8).write(to: file)
    let damaged = try #require(try OpenCLBackend.discover(tiles: nil, store: store).first)
    guard case .damaged? = damaged.refusedSizes else { return #expect(Bool(false), "\(String(describing: damaged.refusedSizes))") }
    #expect(damaged.device.tiles == nil && damaged.tiles == plain.tiles)
  }

  private static func pass(on backend: OpenCLBackend, _ precision: Precision) throws -> [Double] {
    let engine = try Engine(backend, precision: precision)
    var numbers = Numbers("tuning")
    return try engine.read(
      engine.widePass(
        .ntk, KernelTests.program, points: engine.tensor(numbers(40 * 2), rows: 40, columns: 2),
        centres: engine.tensor(numbers(70 * 2), rows: 70, columns: 2), coefficients: engine.tensor(numbers(70), rows: 70, columns: 1),
        jacobian: false
      ).value)
  }
}

extension OpenCLBackend {
  /// Of the passes over centres that were built.
  fileprivate var passDefinitions: [[String: Int]] { builtRequests.filter { $0.file == "wide_pass" }.map(\.defines) }
}
