import BackendCatalog
import Compute
import Foundation
import Testing

/// One backend at one precision.
struct Target: Sendable, CustomTestStringConvertible {
  let engine: Engine

  var testDescription: String { "\(engine.device.identifier) \(engine.precision)" }

  static let entries = BackendCatalog.all()

  /// Every backend that is present × every precision that it has.
  static let all: [Target] = entries.flatMap { entry -> [Target] in
    guard case .success(let backend) = entry.backend else { return [] }
    return backend.device.precisions.compactMap { precision in (try? Engine(backend, precision: precision)).map(Target.init) }
  }

  /// Backends that have to be present: `ISTHMUS_REQUIRE=cpu,opencl`.
  static var required: [String] {
    (ProcessInfo.processInfo.environment["ISTHMUS_REQUIRE"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
