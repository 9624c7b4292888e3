import Compute
import WideKernels

extension OpenCLBackend {
  /// Coordinates of the Jacobian that one work-item accumulates at most.
  private static var coordinates: Int { 32 }
  /// Widths beyond it are not staged: the weights would not fit local memory.
  private static var widestStaged: Int { 64 }
  /// Partial sums that are stored at a time.
  private static var partialSums: Int { 1 << 24 }

  package func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    let rows = job.coefficients.columns * (job.jacobian == nil ? 1 : job.points.columns + 1)
    let perPoint = featureSplits(job.weights.rows).count * job.points.batch * rows
    let panel = max(4096, Self.partialSums / max(perPoint, 1))
    for start in stride(from: 0, to: job.points.rows, by: panel) {
      let range = start..<min(start + panel, job.points.rows)
      var part = job
      part.points = job.points.rows(range)
      part.value = job.value.rows(range)
      part.jacobian = job.jacobian?.rows(range)
      try featurePanel(part)
    }
  }

  /// How the features are split so that few points keep a GPU busy. The number of points has no part in it: it would change bits.
  private func featureSplits(_ features: Int) -> (count: Int, length: Int) {
    guard tiles.stage > 0 else { return (1, max(features, 1)) }
    let length = max(128, (features + 31) / 32)
    return (max(1, (features + length - 1) / length), length)
  }

  private func featurePanel(_ job: FeaturePassJob) throws(ComputeError) {
    let (points, outputs, width) = (job.points, job.coefficients.columns, job.points.columns)
    let precision = points.precision
    let own = tiles.operation(.featurePass, precision), lanes = own.lanes
    let hasJacobian = job.jacobian != nil
    let padded = (points.rows + lanes - 1) / lanes * lanes
    let splits = featureSplits(job.weights.rows)

    let coordinates = hasJacobian ? min(width, Self.coordinates) : width
    let coordinateChunks = (width + coordinates - 1) / coordinates
    // Outputs that share one evaluation of the activation, as many as registers hold.
    let (chunk, together) = own.outputs(outputs, rows: hasJacobian ? coordinates + 1 : 1)
    let outputChunks = (outputs + chunk - 1) / chunk
    let partial = try scratch(splits.count * points.batch * outputs * (hasJacobian ? width + 1 : 1) * padded, precision)

    let request = KernelRequest(
      file: "feature_pass", precision: precision, lanes: lanes,
      defines: [
        "WIDTH": width, "COORDINATES": coordinates, "OUTPUTS": chunk, "JACOBIAN": hasJacobian ? 1 : 0,
        "BIASED": job.biases == nil ? 0 : 1, "GROUP": own.group,
        "STAGE": width > Self.widestStaged ? 0 : own.stage(numbers: width + 1 + chunk, precision), "COPIES": own.copies,
        "BLOCK": own.block, "TOGETHER": together,
      ],
      generatedKey: "feature \(job.activation)")
    let generator = GeneratedSource(precision: precision, copies: own.copies)
    let text = { () throws(ComputeError) in try generator.feature(job.activation, slope: hasJacobian) }
    try launch(
      request, "feature_pass", generated: text,
      global: [padded / lanes, splits.count, points.batch * outputChunks * coordinateChunks], local: [own.group, 1, 1],
      [
        try view(points), try view(job.weights), try view(job.biases ?? job.weights), try view(job.coefficients), .buffer(partial),
        .int(points.rows), .int(padded), .int(job.weights.rows), .int(outputs), .int(points.batch), .int(outputChunks),
        .int(splits.length),
      ])
    try launch(
      request, "feature_pass_finish", generated: text, global: [points.rows, outputs, points.batch], local: [16, 1, 1],
      [
        .buffer(partial), try view(job.value), try view(job.jacobian ?? job.value), .int(points.rows), .int(padded), .int(outputs),
        .int(points.batch), .int(splits.count),
      ])
  }
}
