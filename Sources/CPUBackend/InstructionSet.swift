import CPUKernelInterface
import CPUKernels
import CProcessor
import Compute
import Foundation

#if NATIVE_LOOPS
import CPUKernelsAVX2
import CPUKernelsAVX512
#endif

/// The processor instructions that the hot loops of the CPU backend are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// What every processor of the architecture has.
  case baseline
  /// AVX2 and FMA.
  case avx2
  /// AVX-512 F, BW, CD, DQ, VL.
  case avx512

  /// Whether the program holds loops of the set; only the baseline unless built with `ISTHMUS_NATIVE=1` on x86-64.
  var isBuilt: Bool {
    #if NATIVE_LOOPS
    true
    #else
    self == .baseline
    #endif
  }

  /// Whether the processor has the instructions.
  var isSupported: Bool {
    switch self {
    case .baseline: true
    case .avx2: processor_has_avx2_and_fma() != 0
    case .avx512: processor_has_avx512() != 0
    }
  }

  /// Hot loops of the set in float64.
  package var loops64: any HotLoops<Double> {
    #if NATIVE_LOOPS
    switch self {
    case .baseline: CPUKernels.BuiltLoops.float64
    case .avx2: CPUKernelsAVX2.BuiltLoops.float64
    case .avx512: CPUKernelsAVX512.BuiltLoops.float64
    }
    #else
    CPUKernels.BuiltLoops.float64
    #endif
  }

  /// Hot loops of the set in float32.
  package var loops32: any HotLoops<Float> {
    #if NATIVE_LOOPS
    switch self {
    case .baseline: CPUKernels.BuiltLoops.float32
    case .avx2: CPUKernelsAVX2.BuiltLoops.float32
    case .avx512: CPUKernelsAVX512.BuiltLoops.float32
    }
    #else
    CPUKernels.BuiltLoops.float32
    #endif
  }

  /// The one asked for, or by `ISTHMUS_CPU`, or the best that this program and this processor have.
  static func choose(_ wanted: InstructionSet?) throws(ComputeError) -> InstructionSet {
    let variable = "ISTHMUS_CPU"
    if wanted == nil, let text = ProcessInfo.processInfo.environment[variable], !text.isEmpty {
      guard let named = InstructionSet(rawValue: text) else {
        throw .variable(name: variable, value: text, expected: "one of \(allCases.map(\.rawValue).joined(separator: ", "))")
      }
      if let lack = named.lack { throw .variable(name: variable, value: text, expected: "what can run here: \(lack)") }
      return named
    }
    guard let wanted else { return CPUBackend.available.last ?? .baseline }
    if let lack = wanted.lack { throw .unavailable(backend: "cpu", reason: lack + ".") }
    return wanted
  }

  /// Why the set cannot be used; nil where it can.
  private var lack: String? {
    if !isSupported {
      "this processor has no \(rawValue); it has \(CPUBackend.available.map(\.rawValue).joined(separator: ", "))"
    } else if !isBuilt {
      "this program was built without \(rawValue) loops; build it on x86-64 with ISTHMUS_NATIVE=1"
    } else {
      nil
    }
  }
}
