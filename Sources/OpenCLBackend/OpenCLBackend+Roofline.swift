import Compute

extension OpenCLBackend: RooflineProbe {
  public func multiplyAddLoop(_ precision: Precision, rounds: Int) throws(ComputeError) -> Double {
    let chains = 8, group = tiles.group
    // Some groups per unit more than fit at one time.
    let items = (4 * tiles.parallelism + group - 1) / group * group
    let lanes = tiles.lanes(precision)
    let request = KernelRequest(file: "roofline", precision: precision, lanes: lanes, defines: ["CHAINS": chains])
    try launch(
      request, "multiply_adds", global: [items], local: [group],
      [.buffer(try scratch(items, precision)), .int(rounds), .real(0.875, precision), .real(0.125, precision)])
    return Double(items * chains * lanes) * Double(rounds)
  }

  public func streamCopy(_ source: any DeviceBuffer, to target: any DeviceBuffer, byteCount: Int) throws(ComputeError) {
    let request = KernelRequest(file: "roofline", precision: .float32, lanes: 1)
    let count = byteCount / 16
    try launch(
      request, "stream_copy", global: [count], local: [256],
      [.buffer(try own(source)), .buffer(try own(target)), .long(count)])
  }
}
