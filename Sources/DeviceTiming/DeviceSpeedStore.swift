import Compute
import DeviceTuning
import DurableFiles
import Foundation

/// Speeds of devices on disk, one file for each device and driver, so that they are measured once.
///
/// A file is JSON: the key and the curves by name. Only what nobody else can have written is believed (`PrivateFolder`). What is damaged
/// or cannot be kept is told, and measured again.
public struct DeviceSpeedStore: Sendable {
  /// Version of the file, and of what is measured and how.
  private static let format = 1

  private let folder: PrivateFolder?

  /// - Parameter folder: nil where nothing can be kept.
  public init(folder: URL?) { self.folder = folder.map { PrivateFolder($0) } }

  /// The folder `speeds` in the user's cache, if the user has one.
  public static var user: DeviceSpeedStore { DeviceSpeedStore(folder: UserCache.folder("speeds")) }

  private struct File: Codable {
    var key: String
    var curves: [String: SpeedCurve]
  }

  /// The speeds of a device: those that are kept, or else measured now and kept.
  ///
  /// - Parameters:
  ///   - engines: of one device, at all precisions that are needed.
  ///   - program: what tells this program from others, such as its version: another one may be quicker.
  ///   - warn: told why a file is not used or not written.
  public func speeds(of engines: [Engine], program: String, warn: (String) -> Void) throws -> DeviceSpeeds {
    guard let device = engines.first?.device else { return DeviceSpeeds() }
    let key = Self.key(device, program), name = "\(FNV1a(key.utf8).text).json"
    var speeds = DeviceSpeeds()
    do { speeds = try kept(key, name) } catch { warn("\(error); the speeds of \(device.identifier) are measured again") }
    let missing = engines.filter { !speeds.covers($0.precision) }
    guard !missing.isEmpty else { return speeds }
    for engine in missing { speeds = try DeviceSpeeds.measured(on: engine, beside: speeds) }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let curves = Dictionary(uniqueKeysWithValues: speeds.curves.map { ("\($0.key)", $0.value) })
      try folder?.replace(name, with: encoder.encode(File(key: key, curves: curves)))
    } catch { warn("\(error); the speeds of \(device.identifier) are measured again next time") }
    return speeds
  }

  /// None where there is no file of this key.
  private func kept(_ key: String, _ name: String) throws -> DeviceSpeeds {
    var speeds = DeviceSpeeds()
    guard let folder, let data = try folder.contents(of: name) else { return speeds }
    guard let file = try? JSONDecoder().decode(File.self, from: data), file.curves.values.allSatisfy(\.isSound) else {
      throw DamagedSpeeds(path: folder.url.appending(path: name).path)
    }
    // Two keys may have one name.
    guard file.key == key else { return speeds }
    for kind in WorkKind.allCases {
      for precision in Precision.allCases {
        let key = DeviceSpeeds.Key(kind, precision)
        speeds.curves[key] = file.curves["\(key)"]
      }
    }
    return speeds
  }

  private static func key(_ device: DeviceDescription, _ program: String) -> String {
    [
      "\(format)", program, device.backend, device.name, device.driver, device.tiles ?? "", "\(device.memoryBytes)",
      ProcessInfo.processInfo.environment["OPENBLAS_NUM_THREADS"] ?? "",
    ].joined(separator: "\n")
  }
}

/// A file that is no table of speeds.
private struct DamagedSpeeds: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path) is no table of speeds" }
}
