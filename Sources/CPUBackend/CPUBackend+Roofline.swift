import CProcessor
import Compute

extension CPUBackend: RooflineProbe {
  public func multiplyAddLoop(_ precision: Precision, rounds: Int) throws(ComputeError) -> Double {
    let instructions =
      switch instructionSet {
      case .baseline: PROCESSOR_BASELINE
      case .avx2: PROCESSOR_AVX2
      case .avx512: PROCESSOR_AVX512
      }
    func loop(_ rounds: Int) -> Double {
      var sum = 0.0
      return processor_multiply_adds(instructions, precision == .float64 ? 1 : 0, rounds, &sum)
    }
    // In parts: a thread may join late.
    let parts = 16 * threads
    pool.run(parts) { _ in _ = loop(rounds) }
    return Double(parts) * Double(rounds) * loop(1)
  }

  public func streamCopy(_ source: any DeviceBuffer, to target: any DeviceBuffer, byteCount: Int) throws(ComputeError) {
    let part = 1 << 20
    let (from, to) = (hostBase(source), hostBase(target))
    pool.run((byteCount + part - 1) / part) { index in
      processor_stream(to + index * part, from + index * part, min(part, byteCount - index * part))
      processor_finish_streams()
    }
  }
}
