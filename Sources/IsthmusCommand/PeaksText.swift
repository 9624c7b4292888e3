import Compute
import DevicePeaks
import Foundation
import Results

/// Peaks of a device, for people and for programs.
enum PeaksText {
  /// A line for each kind; one that is not available with the reason.
  static func lines(_ peaks: DevicePeaks) -> [String] {
    DevicePeaks.Kind.allCases.map { kind in
      let label = kind.label + String(repeating: " ", count: 36 - kind.label.count)
      return switch peaks.figures[kind] {
      case .measured(let value): label + text(value, kind)
      case .notAvailable(let reason): "\(label)not available: \(reason)"
      case nil: "\(label)not available: it was not measured"
      }
    }
  }

  /// `identifier`, `name`, `driver`; `figures` with a number or null for each kind, in bytes, operations and seconds; `reasons` of the null ones.
  static func json(_ peaks: DevicePeaks, _ device: DeviceDescription) -> JSONValue {
    var figures: [JSONValue.Member] = [], reasons: [JSONValue.Member] = []
    for kind in DevicePeaks.Kind.allCases {
      switch peaks.figures[kind] {
      case .measured(let value): figures.append(.init(kind.rawValue, .number(value)))
      case .notAvailable(let reason):
        figures.append(.init(kind.rawValue, .null))
        reasons.append(.init(kind.rawValue, .string(reason)))
      case nil: figures.append(.init(kind.rawValue, .null))
      }
    }
    return [
      "identifier": .string(device.identifier), "name": .string(device.name), "driver": .string(device.driver),
      "figures": .object(figures), "reasons": .object(reasons),
    ]
  }

  private static func text(_ value: Double, _ kind: DevicePeaks.Kind) -> String {
    switch kind {
    case .copyBandwidth, .localMemoryBandwidth, .hostToDevice, .deviceToHost: String(format: "%.4g GB/s", value / 1e9)
    case .float64, .float32, .float16: String(format: "%.4g GFLOP/s", value / 1e9)
    case .launchLatency: String(format: "%.3g µs", value * 1e6)
    }
  }
}

extension DevicePeaks.Kind {
  /// What a line begins with, at most 34 characters.
  fileprivate var label: String {
    switch self {
    case .copyBandwidth: "copy in memory, reads and writes"
    case .localMemoryBandwidth: "local memory, reads"
    case .hostToDevice: "host to device"
    case .deviceToHost: "device to host"
    case .float64, .float32, .float16: "\(rawValue) in registers"
    case .launchLatency: "launch that does nothing"
    }
  }
}
