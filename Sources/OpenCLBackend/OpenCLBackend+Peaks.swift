import COpenCL
import Compute
import DevicePeaks

extension OpenCLBackend: PeakProbe {
  private static let group = 64
  private static let reads = 16

  public func emptyLaunch() throws(ComputeError) { try launch(peaks(), "empty", global: [1], local: [1], []) }

  public func localMemoryLoop(rounds: Int) throws(ComputeError) -> Double {
    let items = try localReads(rounds: rounds).items
    return Double(items) * Double(rounds) * Double(Self.reads * 16)
  }

  /// Sums of what every work-item read of local memory, for a test that the reads are made.
  package func localMemorySums(rounds: Int) throws(ComputeError) -> [Int32] {
    let (items, buffer) = try localReads(rounds: rounds)
    var sums = [Int32](repeating: 0, count: items)
    var failure: ComputeError?
    sums.withUnsafeMutableBytes { bytes in
      do throws(ComputeError) { try copyOut(buffer, at: 0, into: bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    return sums
  }

  private func localReads(rounds: Int) throws(ComputeError) -> (items: Int, sums: OpenCLBuffer) {
    let bytes = try library.number(deviceID, CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self)
    let largest = try library.number(deviceID, CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    guard bytes >= Self.group * 16, largest >= Self.group else {
      throw .unsupported(
        operation: "reads of local memory", reason: "the device has \(bytes) bytes of it and groups of \(largest) work-items")
    }
    let items = peakItems
    let sums = try scratch(items, .float32)
    try launch(peaks(), "local_reads", global: [items], local: [Self.group], [.buffer(sums), .int(rounds)])
    return (items, sums)
  }

  public func halfMultiplyAddLoop(rounds: Int) throws(ComputeError) -> Double {
    guard try library.text(deviceID, CL_DEVICE_EXTENSIONS).split(separator: " ").contains("cl_khr_fp16") else {
      throw .unsupported(operation: "float16", reason: "the device does not name the extension cl_khr_fp16")
    }
    let chains = 8, items = peakItems
    try launch(
      peaks(["CHAINS": chains, "HAS_HALF": 1]), "half_multiply_adds", global: [items], local: [Self.group],
      [.buffer(try scratch(items, .float32)), .int(rounds)])
    return Double(items * chains * 8) * Double(rounds)
  }

  /// Some groups for each unit, and more work-items than fit at one time.
  private var peakItems: Int { max(4 * tiles.units, (4 * tiles.parallelism + Self.group - 1) / Self.group) * Self.group }

  private func peaks(_ defines: [String: Int] = [:]) -> KernelRequest {
    KernelRequest(
      file: "peaks", precision: .float32, lanes: 1, defines: ["GROUP": Self.group, "READS": Self.reads].merging(defines) { _, own in own })
  }
}
