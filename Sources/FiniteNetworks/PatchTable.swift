/// An image in memory with rows and columns of zeros around it, so that what a filter sees never leaves it.
struct Canvas: Sendable {
  let image: Architecture.Shape
  /// Rows of zeros above and below the image, and columns of zeros left and right of it.
  let before, after: Int

  var width: Int { before + image.width + after }
  var height: Int { before + image.height + after }
  var pixels: Int { width * height }
  /// The image's first pixel.
  var origin: Int { before * width + before }
  /// The pixels that are zero.
  var border: [Int] {
    (0..<pixels).filter { pixel in
      let (y, x) = (pixel / width - before, pixel % width - before)
      return y < 0 || x < 0 || y >= image.height || x >= image.width
    }
  }
}

/// Parts of a canvas that a filter sees, as runs of pixels that lie side by side: one copy takes a row of a filter with all its channels.
struct Patches: Sendable {
  let canvas: Canvas
  let border: [Int]
  /// Pixels of a run.
  let run: Int
  /// Runs of a patch.
  let runs: Int
  /// First pixels of all runs, patch by patch.
  let starts: [Int]

  var count: Int { starts.count / runs }

  /// Square patches, `side` high and wide, that begin `corners` of canvas pixels (row, column) apart from the image's first pixel.
  init(_ canvas: Canvas, rows: Int, columns: Int, corners: [(row: Int, column: Int)]) {
    self.canvas = canvas
    border = canvas.border
    (run, runs) = (columns, rows)
    starts = corners.flatMap { corner in
      (0..<rows).map { canvas.origin + (corner.row + $0) * canvas.width + corner.column }
    }
  }
}

/// A convolution as selections of pixels followed by matrix products, and the same for its way back.
///
/// Back with stride s: to input pixel x come the filter entries k with x + padding = s · output + k, which are those of one remainder of
/// k by s. So each pair of remainders of row and column (`Phase`) is a convolution of stride 1 of its own, with the filter's entries of
/// these remainders in reverse order.
struct PatchTable: Sendable {
  struct Phase: Sendable {
    /// Input pixels that it is for, in the order of its patches.
    let pixels: [Int]
    /// What the inputs see of the outputs.
    let patches: Patches
    /// The filter's entries in the order of a patch.
    let entries: [Int]
  }

  let forward: Patches
  let backward: [Phase]

  init(input: Architecture.Shape, output: Architecture.Shape, kernel: Int, stride: Int, padding: Int) {
    forward = Patches(
      Canvas(image: input, before: padding, after: padding), rows: kernel, columns: kernel,
      corners: (0..<output.pixels).map { ($0 / output.width * stride - padding, $0 % output.width * stride - padding) })

    let rows = (0..<stride).map { Taps(remainder: $0, inputs: input.height, kernel, stride, padding) }
    let columns = (0..<stride).map { Taps(remainder: $0, inputs: input.width, kernel, stride, padding) }
    let canvas = Canvas(
      image: output, before: (rows + columns).reduce(0) { max($0, -($1.first.min() ?? 0)) },
      after: max(
        rows.reduce(0) { max($0, ($1.last ?? 0) - output.height + 1) }, columns.reduce(0) { max($0, ($1.last ?? 0) - output.width + 1) }))
    backward = rows.flatMap { row in
      columns.compactMap { column in
        let pixels = row.inputs.indices.flatMap { y in column.inputs.indices.map { (y, $0) } }
        let entries = row.entries.flatMap { y in column.entries.map { y * kernel + $0 } }
        guard !pixels.isEmpty, !entries.isEmpty else { return nil }
        return Phase(
          pixels: pixels.map { row.inputs[$0] * input.width + column.inputs[$1] },
          patches: Patches(
            canvas, rows: row.entries.count, columns: column.entries.count, corners: pixels.map { (row.first[$0], column.first[$1]) }),
          entries: entries)
      }
    }
  }

  /// Along one axis: the inputs to which entries of one remainder lead, and where.
  private struct Taps {
    let inputs: [Int]
    /// Entries of the filter, so that the outputs they come from ascend.
    let entries: [Int]
    /// Output that the first of `entries` comes from, for every input.
    let first: [Int]

    var last: Int? { first.max().map { $0 + entries.count - 1 } }

    init(remainder: Int, inputs count: Int, _ kernel: Int, _ stride: Int, _ padding: Int) {
      let entries = Array(Swift.stride(from: remainder, to: kernel, by: stride).reversed())
      inputs = (0..<count).filter { ($0 + padding) % stride == remainder }
      first = inputs.map { ($0 + padding) / stride - entries.count + 1 }
      self.entries = entries
    }
  }
}
