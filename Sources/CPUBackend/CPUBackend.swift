import CProcessor
import Compute
import Foundation
import ReferenceBackend

/// The processor of this machine: SIMD loops for the instruction set at hand, on a pool of threads.
///
/// Every call is complete when it returns. Work is split into tiles of fixed size, so results have the same bits for any
/// number of threads and in every run; they differ between instruction sets by rounding.
public final class CPUBackend: HostFallback {
  public let device: DeviceDescription
  public let fallbackLog = FallbackLog()
  /// What the loops in use were compiled for.
  public let instructionSet: InstructionSet
  /// How many threads were wanted, and why.
  public let threadCount: ThreadCount
  /// Threads that share the work of a call.
  public var threads: Int { pool.count }

  let pool: ThreadPool
  let memory = HostMemory()
  var float64: Operations<Double> { Operations(loops: instructionSet.loops64, backend: self) }
  var float32: Operations<Float> { Operations(loops: instructionSet.loops32, backend: self) }

  /// The instruction sets that both this program and this processor have, best last.
  public static var available: [InstructionSet] { InstructionSet.allCases.filter { $0.isBuilt && $0.isSupported } }

  /// - Parameters:
  ///   - instructionSet: nil takes `ISTHMUS_CPU` from the environment, or the best available.
  ///   - threads: nil takes `ISTHMUS_THREADS`, or one thread per processor that the process may use (`ThreadCount`).
  /// - Throws: `ComputeError.variable` for a mistake in the environment; `.unavailable` for an instruction set or a number of threads that
  ///   cannot be had.
  public init(instructionSet: InstructionSet? = nil, threads: Int? = nil) throws(ComputeError) {
    self.instructionSet = try InstructionSet.choose(instructionSet)
    threadCount = try ThreadCount(wanted: threads)
    pool = ThreadPool(count: threadCount.count)
    let count = pool.count
    var name = [CChar](repeating: 0, count: 64)
    processor_name(&name, name.count)
    let model = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .trimmingCharacters(in: .whitespaces)
    device = DeviceDescription(
      backend: "cpu", identifier: "cpu", name: model.isEmpty ? "processor" : model,
      driver: "\(self.instructionSet.rawValue), \(count) thread\(count == 1 ? "" : "s")", precisions: [.float64, .float32],
      memoryBytes: Int(ProcessInfo.processInfo.physicalMemory))
  }

  /// What is to be known about the threads beside their number; nil where all that were wanted work.
  public var missingThreads: String? {
    guard pool.startFailure != 0 else { return nil }
    return
      "\(pool.count) of \(threadCount.count) threads could be started (\(String(cString: strerror(pool.startFailure)))): the limit on processes "
      + "(ulimit -u, pids.max of the control group) is reached. The numbers are the same; it takes longer."
  }

  // MARK: Memory

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    try memory.allocate(byteCount, device: device.name)
  }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    guard let source = bytes.baseAddress else { return }
    hostBase(buffer).advanced(by: byteOffset).copyMemory(from: source, byteCount: bytes.count)
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    guard let target = bytes.baseAddress else { return }
    target.copyMemory(from: hostBase(buffer).advanced(by: byteOffset), byteCount: bytes.count)
  }

  public func synchronize() throws(ComputeError) {}

  public func perform(_ job: BackendJob) throws(ComputeError) {
    switch job.precision {
    case .float64: try float64.perform(job)
    case .float32: try float32.perform(job)
    }
  }
}

extension CPUBackend: HostMemoryBackend {
  public func hostBytes(of buffer: any DeviceBuffer) throws(ComputeError) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: hostBase(buffer), count: buffer.byteCount)
  }
}

extension CPUBackend: RowwiseKernels {
  public func symmetricKernel(_ job: BlockKernelJob, rowsAtOnce: Int, rows: (Range<Int>) -> Bool) throws(ComputeError) {
    switch job.x.precision {
    case .float64: try float64.blockKernel(job, rowsAtOnce: rowsAtOnce, rows: rows)
    case .float32: try float32.blockKernel(job, rowsAtOnce: rowsAtOnce, rows: rows)
    }
  }
}

/// The memory of one of this backend's own buffers.
func hostBase(_ buffer: any DeviceBuffer) -> UnsafeMutableRawPointer {
  guard let buffer = buffer as? HostBuffer else { preconditionFailure("a tensor of another backend reached the CPU backend") }
  return buffer.base
}
