import Compute
import Foundation

/// What the suite covers: transfers to the device and back, and every operation of a backend.
public enum ConformanceOperation: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  /// Transfers to the device and back.
  case copy
  /// An operation of a backend.
  case job(BackendOperation)

  /// Transfers, then the operations in their order.
  public static var allCases: [ConformanceOperation] { [.copy] + BackendOperation.allCases.map { .job($0) } }

  /// The one of that name; nil where there is none.
  public init?(rawValue: String) {
    if rawValue == "copy" {
      self = .copy
    } else if let operation = BackendOperation(rawValue: rawValue) {
      self = .job(operation)
    } else {
      return nil
    }
  }

  /// The name in reports and on the command line.
  public var rawValue: String {
    switch self {
    case .copy: "copy"
    case .job(let operation): operation.rawValue
    }
  }
}

/// One operation at one choice of sizes, layouts and inputs. The same on every device.
public struct ConformanceCase: Sendable, CustomStringConvertible {
  /// The operation under test.
  public let operation: ConformanceOperation
  /// Sizes and options.
  public let label: String
  /// Seed of the inputs.
  public let seed: UInt64
  package let body: any CaseBody

  package init(operation: ConformanceOperation, label: String, seed: UInt64, body: any CaseBody) {
    self.operation = operation
    self.label = label
    self.seed = seed
    self.body = body
  }

  public var description: String { "\(operation.rawValue) \(label) seed=\(seed)" }
}

/// What a case does, for either precision.
package protocol CaseBody: Sendable {
  /// Name of the case in listings.
  var label: String { get }
  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws
}

/// How one case went on one engine.
public struct ConformanceResult: Sendable, Codable {
  /// The operation under test.
  public let operation: ConformanceOperation
  /// Description of the case, as `--filter` takes it.
  public let caseText: String
  /// Identifier of the device, as `--device` takes it.
  public let device: String
  /// Precision of the engine.
  public let precision: Precision
  /// The largest error of any element in units of its derived bound; at most 1 in a correct backend.
  public let worstRatio: Double
  /// Place of the largest error: output, [item, row, column], both numbers and the bound.
  public let worstPlace: String
  /// Elements of the outputs that were compared with a bound.
  public let elements: Int
  /// Elements of which only finiteness could be asked.
  public let unbounded: Int
  /// A hash of the bits of all outputs: two devices or versions with the same digest gave the same numbers.
  public let digest: String
  /// Sentences on what is wrong; empty in a correct backend.
  public let failures: [String]

  /// Whether nothing failed.
  public var passed: Bool { failures.isEmpty }
  /// Everything needed to run this case again.
  public var repro: String { "isthmus check --device \(device) --precision \(precision) --filter '\(caseText)'" }
}
