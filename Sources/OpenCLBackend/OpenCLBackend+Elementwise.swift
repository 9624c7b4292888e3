import Compute
import WideKernels

extension OpenCLBackend {
  package func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    let areDouble = [job.source, job.target].map { $0.precision == .float64 }
    let request = KernelRequest(
      file: "copy_rows", precision: areDouble.contains(true) ? .float64 : .float32, lanes: 1,
      defines: ["SOURCE_IS_DOUBLE": areDouble[0] ? 1 : 0, "TARGET_IS_DOUBLE": areDouble[1] ? 1 : 0])
    // Both lists in one buffer, which no kernel may have empty.
    let lists = (job.sourceRows ?? []) + (job.targetRows ?? [])
    let numbers = lists.compactMap(Int32.init(exactly:))
    guard numbers.count == lists.count else {
      throw .unsupported(operation: "opencl", reason: "a row number is beyond 2^31; take fewer rows at a time")
    }
    let rows = try buffer(numbers.isEmpty ? [0] : numbers)
    let (columns, count) = (job.target.columns, job.count)
    try launch(
      request, "copy_rows", global: [columns, count, job.target.batch], local: Self.elementGroup(columns: columns),
      [
        try view(job.source), try view(job.target), .buffer(rows), .int(job.sourceRows == nil ? -1 : 0),
        .int(job.targetRows == nil ? -1 : job.sourceRows?.count ?? 0), .int(count), .int(columns),
      ])
  }

  package func map(_ job: MapJob) throws(ComputeError) {
    let (function, inputs, out) = (job.function, job.inputs, job.out)
    guard let first = inputs.first, let second = inputs.last else { return }
    let lanes = tiles.lanes(out.precision)
    // Dense tensors are one long row.
    let isFlat = out.isContiguous && inputs.allSatisfy { $0.isContiguous && $0.shape == out.shape }
    func shaped(_ tensor: Tensor) -> Tensor {
      if isFlat { return tensor.reshaped(rows: 1, columns: tensor.count) }
      var view = tensor
      if view.rows == 1 { view.rowStride = 0 }
      return view
    }
    let target = shaped(out)
    let request = KernelRequest(
      file: "map", precision: out.precision, lanes: lanes, defines: ["INPUTS": inputs.count], generatedKey: "map \(function)")
    let generator = GeneratedSource(precision: out.precision)
    let vectors = (target.columns + lanes - 1) / lanes
    func step(_ input: Tensor) -> KernelArgument { .int(input.columns == 1 && out.columns > 1 ? 0 : 1) }
    try launch(
      request, "map", generated: { () throws(ComputeError) in try generator.pointFunction(function) },
      global: [vectors, target.rows, target.batch], local: Self.elementGroup(columns: vectors),
      [
        try view(shaped(first)), step(first), try view(shaped(second)), step(second), try view(target), .int(target.rows),
        .int(target.columns),
      ])
  }

  /// 64 work-items over columns, rows and items, as many of them along the columns as there are, so that narrow rows leave few idle.
  static func elementGroup(columns: Int) -> [Int] {
    var width = 64
    while width >= 2 * columns, width > 1 { width /= 2 }
    return [width, 64 / width, 1]
  }

  package func reduceRows(_ job: ReduceRowsJob) throws(ComputeError) {
    let input = job.input
    let code =
      switch job.reduction {
      case .sum: 0
      case .maximum: 1
      case .sumOfSquares: 2
      }
    let request = KernelRequest(
      file: "reduce", precision: input.precision, lanes: tiles.lanes(input.precision),
      defines: ["REDUCTION": code, "GROUP": tiles.group])
    try launch(
      request, "reduce_rows", global: [input.rows * tiles.group, input.batch], local: [tiles.group, 1],
      [try view(input), try view(job.out), .int(input.columns)])
  }

  package func fillNormal(_ job: FillNormalJob) throws(ComputeError) {
    let (out, stream, firstElement) = (job.out, job.stream, job.firstElement)
    let request = KernelRequest(file: "philox", precision: out.precision, lanes: tiles.lanes(out.precision))
    let blocks = (firstElement + out.count + 1) / 2 - firstElement / 2
    try launch(
      request, "fill_normal", global: [(blocks + request.lanes - 1) / request.lanes], local: [16],
      [
        .buffer(try own(out.buffer)), .long(out.offset), .long(firstElement), .long(out.count), .long(Int(bitPattern: UInt(stream.seed))),
        .long(Int(bitPattern: UInt(stream.hash))),
      ])
  }
}
