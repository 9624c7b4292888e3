import Compute
import Foundation

/// What the suite covers: transfers to the device and back, and every operation of a backend.
public enum ConformanceOperation: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
  case copy
  case job(BackendOperation)

  public static var allCases: [ConformanceOperation] { [.copy] + BackendOperation.allCases.map { .job($0) } }

  public init?(rawValue: String) {
    if rawValue == "copy" {
      self = .copy
    } else if let operation = BackendOperation(rawValue: rawValue) {
      self = .job(operation)
    } else {
      return nil
    }
  }

  public var rawValue: String {
    switch self {
    case .copy: "copy"
    case .job(let operation): operation.rawValue
    }
  }
}

/// One operation at one choice of sizes, layouts and inputs. The same on every device.
public struct ConformanceCase: Sendable, CustomStringConvertible {
  public let operation: ConformanceOperation
  /// Sizes and options.
  public let label: String
  public let seed: UInt64
  let body: any CaseBody

  public var description: String { "\(operation.rawValue) \(label) seed=\(seed)" }
}

/// What a case does, for either precision.
protocol CaseBody: Sendable {
  var label: String { get }
  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws
}

/// How one case went on one engine.
public struct ConformanceResult: Sendable, Codable {
  public let operation: ConformanceOperation
  public let caseText: String
  public let device: String
  public let precision: Precision
  /// The largest error of any element in units of its derived bound; at most 1 in a correct backend.
  public let worstRatio: Double
  /// Where that was: output, [item, row, column], both numbers and the bound.
  public let worstPlace: String
  public let elements: Int
  /// Elements of which only finiteness could be asked.
  public let unbounded: Int
  /// Of the bits of all outputs: two devices or versions with the same digest gave the same numbers.
  public let digest: String
  public let failures: [String]

  public var passed: Bool { failures.isEmpty }
  /// Everything needed to run this case again.
  public var repro: String { "isthmus check --device \(device) --precision \(precision) --filter '\(caseText)'" }
}
