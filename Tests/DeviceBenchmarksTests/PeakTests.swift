import BackendCatalog
import Compute
import DevicePeaks
import ReferenceBackend
import TestSupport
import Testing

@Suite struct PeakTests {
  static let backends: [any Backend] = BackendCatalog.all().compactMap { try? $0.backend.get() }

  /// Every figure of every device is a number above 0 or has a reason.
  @Test(arguments: backends.indices) func everyKindHasAFigureOrAReason(_ index: Int) {
    let backend = Self.backends[index]
    let peaks = DevicePeaks.measure(backend, seconds: 0.05)
    #expect(Set(peaks.figures.keys) == Set(DevicePeaks.Kind.allCases), "\(backend.device.identifier)")
    for (kind, figure) in peaks.figures {
      switch figure {
      case .measured(let value): #expect(value > 0 && value.isFinite, "\(kind) of \(backend.device.identifier)")
      case .notAvailable(let reason): #expect(!reason.isEmpty, "\(kind) of \(backend.device.identifier)")
      }
    }
    func isMeasured(_ kind: DevicePeaks.Kind) -> Bool { if case .measured = peaks.figures[kind] { true } else { false } }
    for kind in [DevicePeaks.Kind.copyBandwidth, .hostToDevice, .deviceToHost, .launchLatency, .float32] {
      #expect(isMeasured(kind), "\(kind) of \(backend.device.identifier): \(String(describing: peaks.figures[kind]))")
    }
    #expect(isMeasured(.float64) == backend.device.precisions.contains(.float64))
    #expect(isMeasured(.localMemoryBandwidth) == (backend is any PeakProbe))
  }

  /// A device that fails has reasons and not zeros.
  @Test func aDeviceThatFailsHasReasons() {
    let peaks = DevicePeaks.measure(TightDevice(ReferenceBackend(), room: 0), seconds: 0.01)
    for kind in DevicePeaks.Kind.allCases {
      guard case .notAvailable(let reason) = peaks.figures[kind] else {
        Issue.record("\(kind) has a figure")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }
}
