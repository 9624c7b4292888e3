import Compute
import DeviceTuning
import Foundation
import Testing

@Suite struct MeasuredSizeStoreTests {
  private let store = MeasuredSizeStore(
    folder: FileManager.default.temporaryDirectory.appending(path: "isthmus-tiles-\(UUID().uuidString)"))
  private let key = TunedDevice(device: "card", driver: "OpenCL 3.0, driver 1", kernels: "gpu", units: 4)
  private let values = MeasuredSizes([KernelSizeKey("widePass", .float64, "group"): 128, KernelSizeKey("gemm large", .float32, "rows"): 64])

  private func withStore(_ body: (MeasuredSizeStore) throws -> Void) rethrows {
    defer { try? FileManager.default.removeItem(at: store.folder) }
    try body(store)
  }

  @Test func valuesComeBackForExactlyThisDevice() throws {
    try withStore { store in
      #expect(try store.load(key) == nil)
      let file = try #require(try store.store(values, for: key))
      #expect(try store.load(key) == values && store.files().map(\.lastPathComponent) == [file.lastPathComponent])
      for change in [\TunedDevice.device, \.driver, \.kernels] as [WritableKeyPath<TunedDevice, String>] {
        var other = key
        other[keyPath: change] += "2"
        #expect(try store.load(other) == nil)
      }
      var other = key
      other.units = 5
      #expect(try store.load(other) == nil)
      #expect(try store.store(MeasuredSizes(), for: key) == nil && store.files().isEmpty, "without values nothing is kept")
    }
  }

  @Test func aFileOfAnotherDeviceIsRefused() throws {
    try withStore { store in
      let file = try #require(try store.store(values, for: key))
      var other = key
      other.driver = "OpenCL 3.0, driver 2"
      try FileManager.default.moveItem(at: file, to: store.file(for: other))
      let error = #expect(throws: KernelSizeError.self) { try store.load(other) }
      guard case .otherDevice? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }
  }

  @Test func everyChangeOfAFileIsDamage() throws {
    try withStore { store in
      let file = try #require(try store.store(values, for: key))
      let text = try String(contentsOf: file, encoding: .utf8)
      let changes: [(String, String)] = [
        (": 128", ": 256"), ("widePass", "featurePass"), ("\"units\" : 4", "\"units\" : 8"), ("\"format\" : 1", "\"format\" : 2"),
        ("\"measured\"", "\"measure\""), ("{", ""),
      ]
      for (part, replacement) in changes {
        let changed = text.replacing(part, with: replacement, maxReplacements: 1)
        #expect(changed != text, "\(part)")
        try Data(changed.utf8).write(to: file)
        let error = #expect(throws: KernelSizeError.self, "\(part)") { try store.load(key) }
        guard case .damaged? = error else { return #expect(Bool(false), "\(part): \(String(describing: error))") }
      }
      try Data().write(to: file)
      #expect(throws: KernelSizeError.self) { try store.load(key) }
    }
  }

  @Test func theVariableNamesTheFolderOrTurnsTheStoreOff() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-tiles-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func chosen(_ value: String) throws -> String? {
      try MeasuredSizeStore.chosen(environment: ["ISTHMUS_TILES": value, "HOME": "/home/me"])?.folder.path
    }
    #expect(try chosen("off") == nil)
    #expect(try chosen("") == "/home/me/.cache/isthmus/tiles")
    #expect(try chosen(folder.path + "/below") == folder.path + "/below")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/below"))
    let file = folder.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    // Words that might be meant as `off`, a file, a folder below a file, and one that cannot be made.
    for mistake in ["OFF", "none", "0", file, file + "/below", "/proc/none"] {
      #expect {
        try chosen(mistake)
      } throws: { error in
        guard case .variable(name: "ISTHMUS_TILES", value: mistake, _)? = error as? ComputeError else { return false }
        return "\(error)".contains("off")
      }
    }
  }
}
