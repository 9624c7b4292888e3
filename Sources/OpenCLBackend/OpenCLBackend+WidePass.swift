import Compute
import WideKernels

extension OpenCLBackend {
  /// Width up to which coordinates and sums stay in registers.
  private static var widestPass: Int { 32 }

  package func widePass(_ job: WidePassJob) throws(ComputeError) {
    if job.points.columns > Self.widestPass { return try composedWidePass(job) }
    let (points, outputs, width) = (job.points, job.coefficients.columns, job.points.columns)
    let precision = points.precision
    let own = tiles.operation(.widePass, precision), lanes = own.lanes
    let pointTable = try pointTable(job.program, points, areVariances: false, lanes: lanes)
    let centreTable = try self.pointTable(job.program, job.centres, areVariances: false, lanes: lanes)
    let hasJacobian = job.jacobian != nil
    let rows = hasJacobian ? width + 2 : 1

    // Outputs that share one evaluation of the kernel, as many as registers hold.
    let (chunk, together) = own.outputs(outputs, rows: rows)
    let chunks = (outputs + chunk - 1) / chunk
    // Few points leave the device idle: the centres are split then, and the splits added in order.
    let workItems = pointTable.padded / lanes * chunks * points.batch
    let centres = job.centres.rows
    let splits = max(1, min(centres / 64, (tiles.parallelism + workItems - 1) / max(workItems, 1)))
    let length = max(1, (centres + splits - 1) / splits)
    let partial = try scratch(splits * points.batch * outputs * rows * pointTable.padded, precision)
    let counts = try buffer((job.centreCounts ?? [Int](repeating: centres, count: points.batch)).map(Int32.init))

    let copies = copies(job.program, own)
    let stage = own.stage(numbers: width + centreTable.levels + 1 + chunk, precision)
    let request = KernelRequest(
      file: "wide_pass", precision: precision, lanes: lanes,
      defines: [
        "WIDTH": width, "OUTPUTS": chunk, "TOGETHER": together, "JACOBIAN": hasJacobian ? 1 : 0, "GROUP": own.group,
        "STAGE": stage, "COPIES": copies, "BLOCK": own.block,
      ],
      generatedKey: "\(hasJacobian ? "jet" : "value") \(job.kind) \(job.program)")
    let generator = GeneratedSource(precision: precision, copies: copies)
    let text = { () throws(ComputeError) in
      hasJacobian ? try generator.pairJet(job.program, job.kind) : try generator.pairValue(job.program, job.kind)
    }
    try launch(
      request, "wide_pass", generated: text, global: [pointTable.padded / lanes, splits, points.batch * chunks],
      local: [own.group, 1, 1],
      [
        .buffer(pointTable.buffer), .buffer(centreTable.buffer), try view(job.coefficients), .buffer(counts), .buffer(partial),
        .int(pointTable.padded), .int(centreTable.padded), .int(outputs), .int(points.batch), .int(length),
      ])
    try launch(
      request, "wide_pass_finish", generated: text, global: [points.rows, outputs, points.batch], local: [16, 1, 1],
      [
        .buffer(partial), .buffer(pointTable.buffer), try view(job.value), try view(job.jacobian ?? job.value), .int(points.rows),
        .int(pointTable.padded), .int(outputs), .int(points.batch), .int(splits),
      ])
  }
}
