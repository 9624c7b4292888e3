import Compute
import DurableFiles
import Foundation

/// What a table of measured sizes belongs to. Another driver may make other machine code of the same kernels.
public struct TunedDevice: Sendable, Codable, Equatable, CustomStringConvertible {
  /// Version of the file and of the meaning of its names.
  public static let currentFormat = 1

  /// Version of the format that the table was written in.
  public var format = TunedDevice.currentFormat
  /// Name of the device as its driver gives it.
  public var device: String
  /// OpenCL version and driver version.
  public var driver: String
  /// Which kernels it has, `gpu` or `processor`.
  public var kernels: String
  /// Compute units.
  public var units: Int

  public init(device: String, driver: String, kernels: String, units: Int) {
    (self.device, self.driver, self.kernels, self.units) = (device, driver, kernels, units)
  }

  public var description: String { "\(device), \(driver), \(units) units, \(kernels) kernels, format \(format)" }
}

/// Tables of measured sizes on disk, one file for each device.
///
/// A file is JSON: the key, when it was measured, the values by name, and a digest of all of it. Files are replaced in one go, so no reader
/// sees half of one; where another user could have written one it is refused (`PrivateFolder`).
public struct MeasuredSizeStore: Sendable {
  /// Folder of all tables, one file per key.
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// The folder that `ISTHMUS_TILES` names, else `tiles` in the user's cache; nil where it is `off`.
  /// - Throws: `.variable` where it names no folder.
  public static func chosen(environment: [String: String] = ProcessInfo.processInfo.environment) throws(ComputeError) -> MeasuredSizeStore?
  {
    try UserCache.folder("tiles", variable: "ISTHMUS_TILES", environment: environment).map { MeasuredSizeStore(folder: $0) }
  }

  /// A file that is there.
  public struct Stored: Sendable {
    /// Device, driver and format that the values belong to.
    public let key: TunedDevice
    /// ISO 8601 time of the measurement.
    public let measured: String
    /// The measured sizes.
    public let values: MeasuredSizes
  }

  private struct File: Codable {
    var key: TunedDevice
    var measured: String
    var values: [String: Int]
    var digest: String

    var ownDigest: String {
      FNV1a(("\(key)\n\(measured)\n" + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()).utf8).text
    }
  }

  /// Where the table of a device stands, whether or not there is one.
  public func file(for key: TunedDevice) -> URL { folder.appending(path: "\(FNV1a(key.description.utf8).text).json") }

  /// The values measured for exactly this device; nil where there are none.
  ///
  /// - Throws: `.damaged`, `.notTrusted`, or `.otherDevice` for a file that was put there by hand.
  public func load(_ key: TunedDevice) throws(KernelSizeError) -> MeasuredSizes? {
    let file = file(for: key)
    guard let stored = try readIfPresent(file) else { return nil }
    guard stored.key == key else { throw .otherDevice(path: file.path, expected: "\(key)", got: "\(stored.key)") }
    return stored.values
  }

  /// Reads a table that `store` has written.
  ///
  /// - Throws: `.damaged` for anything that `store` does not write, `.notTrusted` for what another user could have written.
  public func read(_ file: URL) throws(KernelSizeError) -> Stored {
    guard let stored = try readIfPresent(file) else { throw .damaged(path: file.path, reason: "there is no such file") }
    return stored
  }

  private func readIfPresent(_ file: URL) throws(KernelSizeError) -> Stored? {
    let content: File
    do {
      let folder = PrivateFolder(file.deletingLastPathComponent())
      guard let data = try folder.contents(of: file.lastPathComponent) else { return nil }
      content = try JSONDecoder().decode(File.self, from: data)
    } catch FileError.notTrusted(let path, let reason) {
      throw .notTrusted(path: path, reason: reason)
    } catch {
      throw .damaged(
        path: file.path,
        reason: error is DecodingError ? "its JSON is not that of a table" : (error as? FileError)?.reason ?? error.localizedDescription)
    }
    guard content.key.format == TunedDevice.currentFormat else {
      throw .damaged(path: file.path, reason: "its format is \(content.key.format), expected \(TunedDevice.currentFormat)")
    }
    guard content.digest == content.ownDigest else {
      throw .damaged(path: file.path, reason: "its digest is \(content.digest), that of its content \(content.ownDigest)")
    }
    var values = MeasuredSizes()
    for (name, value) in content.values {
      guard let key = KernelSizeKey(name) else { throw .damaged(path: file.path, reason: "'\(name)' names no size") }
      values[key] = value
    }
    return Stored(key: content.key, measured: content.measured, values: values)
  }

  /// The folder's files with names that `file(for:)` gives.
  public func files() -> [URL] {
    let all = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return all.filter { $0.lastPathComponent.wholeMatch(of: /[0-9a-f]{16}\.json/) != nil }.sorted { $0.path < $1.path }
  }

  /// Replaces what was measured for this device; values that are empty remove it.
  ///
  /// - Returns: the file, nil where none is left.
  @discardableResult
  public func store(_ values: MeasuredSizes, for key: TunedDevice) throws(KernelSizeError) -> URL? {
    let file = file(for: key)
    if values.isEmpty {
      try remove(file)
      return nil
    }
    var content = File(
      key: key, measured: Date().formatted(.iso8601),
      values: Dictionary(uniqueKeysWithValues: values.values.map { ($0.key.description, $0.value) }), digest: "")
    content.digest = content.ownDigest
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try PrivateFolder(folder).replace(file.lastPathComponent, with: encoder.encode(content))
    } catch {
      throw .cannotWrite(path: file.path, reason: (error as? FileError)?.reason ?? error.localizedDescription)
    }
    return file
  }

  /// Removes a table; does nothing where there is none.
  public func remove(_ file: URL) throws(KernelSizeError) {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    do {
      try FileManager.default.removeItem(at: file)
    } catch {
      throw .cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }
}
