import Compute
import DeviceProperties
import OpenCLBackend
import Testing

@Suite struct DevicePropertyTests {
  /// Every code of OpenCL 3.0 but handles, each once.
  @Test func everyPropertyOfTheStandardIsAskedFor() {
    let queries = DeviceQuery.device.flatMap(\.queries)
    let handles: Set<UInt32> = [0x1031, 0x1042]
    // Codes from 0x106A on are those of extensions until the last of the standard.
    let standard = Set(0x1000...0x105E).union(0x1060...0x1069).union(0x106F...0x1072).subtracting(handles)
    #expect(Set(queries.map(\.code)).subtracting([0x106A]) == standard)
    for all in [queries, DeviceQuery.platform] {
      #expect(Set(all.map(\.code)).count == all.count && Set(all.map(\.name)).count == all.count)
      #expect(all.allSatisfy { $0.name.hasPrefix("CL_") })
    }
  }

  private func value(_ form: DeviceQuery.Form, _ bytes: [UInt8]) -> DeviceProperty.Value? {
    DeviceQuery("CL_DEVICE_X", 0, form).value(bytes)
  }

  @Test func answersAreReadByTheirForm() {
    #expect(value(.text, Array("name\0rest".utf8)) == .text("name"))
    #expect(value(.words, Array("cl_a  cl_b;cl_c\0".utf8)) == .list(["cl_a", "cl_b", "cl_c"]))
    #expect(value(.words, [0]) == .list([]) && value(.words, []) == .list([]))
    #expect(value(.number("MHz"), [0x10, 0x27, 0, 0]) == .number(10_000, unit: "MHz"))
    #expect(value(.number(), [UInt8](repeating: 0xFF, count: 8)) == .number(.max))
    #expect(value(.bytes, [0, 0, 0, 0, 1, 0, 0, 0]) == .bytes(1 << 32))
    #expect(value(.flag, [0, 0, 0, 0]) == .flag(false) && value(.flag, [1, 0, 0, 0]) == .flag(true))
    #expect(value(.hexadecimal, [0xDE, 0x10, 0, 0]) == .text("0x10de"))
    #expect(value(.sizes, [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 9]) == .numbers([1, 512]), "and a byte too many")
    #expect(value(.bits(["a", "b"]), [0b110, 0, 0, 0]) == .list(["b", "bit 2"]))
    #expect(value(.choice(["none", "read"]), [1, 0, 0, 0]) == .text("read"))
    #expect(value(.choice(["none", "read"]), [2, 0, 0, 0]) == .text("unknown (2)"))
    // 3 << 22 | 1 << 12 | 4
    #expect(value(.version, [4, 0x10, 0xC0, 0]) == .text("3.1.4"))
    #expect(value(.versions, [4, 0x10, 0xC0, 0] + Array("fp64".utf8) + [UInt8](repeating: 0, count: 60)) == .list(["fp64 3.1.4"]))
    #expect(value(.identity, [1, 0xAB]) == .text("01ab"))
    #expect(value(.partitions, [0x86, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == .list(["equally"]))
    // What cannot be a number.
    for form in [DeviceQuery.Form.number(), .bytes, .flag, .version, .bits([]), .choice(["a"])] {
      #expect(value(form, []) == nil && value(form, [UInt8](repeating: 1, count: 9)) == nil, "\(form)")
    }
  }

  @Test func sizesHaveUnits() {
    func text(_ bytes: UInt64) -> String { DeviceProperty("x", .bytes(bytes)).text }
    #expect(text(0) == "0 bytes" && text(64) == "64 bytes" && text(1024) == "1 KiB" && text(1536) == "1.5 KiB")
    #expect(text(48 << 20) == "48 MiB" && text(1 << 40) == "1 TiB" && text(.max) == "16 EiB")
    #expect(DeviceProperty("CL_DEVICE_MAX_CLOCK_FREQUENCY", .number(2100, unit: "MHz")).text == "2100 MHz")
    #expect(DeviceProperty("CL_DEVICE_MAX_WORK_ITEM_SIZES", .numbers([4, 4, 1])).text == "4 x 4 x 1")
    #expect(DeviceProperty("CL_DEVICE_MAX_WORK_ITEM_SIZES", .numbers([])).label == "max work item sizes")
    #expect(DeviceProperty("CL_DRIVER_VERSION", .list([])).label == "driver version" && DeviceProperty("CL_X", .list([])).text == "none")
  }

  /// Reads that were left out, or went to other places, give other sums.
  @Test(.needsOpenCL, arguments: [1, 3, 4, 100]) func localReadsAreMade(_ rounds: Int) throws {
    for backend in try OpenCLBackend.discover() {
      // Entry j of the 64 holds j, j + 1, j + 2, j + 3; a round reads 16 of them, from the work-item's own on.
      let expected = (0..<64).map { item in (0..<16 * rounds).reduce(0) { $0 + 4 * ((item + $1) % 64) + 6 } }
      let sums = try backend.localMemorySums(rounds: rounds)
      #expect(!sums.isEmpty && sums.count % 64 == 0)
      for (index, sum) in sums.enumerated() where Int(sum) != expected[index % 64] {
        Issue.record("\(backend.device.identifier): work-item \(index) read \(sum), expected \(expected[index % 64])")
        break
      }
      #expect(try backend.localMemoryLoop(rounds: rounds) == Double(sums.count * rounds * 16 * 16))
    }
  }

  /// What is said of a device in words and what is computed with agree.
  @Test(.needsOpenCL) func propertiesAgreeWithTheDescription() throws {
    for backend in try OpenCLBackend.discover() {
      let groups = backend.properties
      let properties = groups.flatMap(\.properties)
      func value(_ name: String) -> DeviceProperty.Value? { properties.first { $0.name == name }?.value }
      #expect(value("CL_DEVICE_NAME") == .text(backend.device.name))
      #expect(value("CL_DEVICE_GLOBAL_MEM_SIZE") == .bytes(UInt64(backend.device.memoryBytes)))
      #expect(value("CL_DEVICE_MAX_MEM_ALLOC_SIZE") == .bytes(UInt64(backend.device.largestAllocationBytes)))
      guard case .list(let extensions) = value("CL_DEVICE_EXTENSIONS") else {
        Issue.record("no extensions of \(backend.device.name)")
        continue
      }
      #expect(extensions.contains("cl_khr_fp64") == backend.device.precisions.contains(.float64))
      #expect(value("CL_PLATFORM_NAME") != nil && groups.map(\.title).starts(with: ["identity", "platform"]))
      #expect(Set(properties.map(\.name)).count == properties.count)
      // What is asked for is answered, or said not to be.
      var unanswered = 0
      if case .list(let names) = value("names") { unanswered = names.count }
      let asked = DeviceQuery.device.flatMap(\.queries).count + DeviceQuery.platform.count
      #expect(properties.count(where: { $0.name != "names" }) + unanswered == asked)
    }
  }
}
