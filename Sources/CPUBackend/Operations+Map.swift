import CPUKernelInterface
import Compute

extension Operations {
  /// Numbers of a window whose inputs may have to be laid out anew: three such windows fit the first cache.
  private static var mapBlock: Int { 2048 }
  /// Columns from which on a row is a window of its own.
  private static var wideRow: Int { 256 }

  func map(_ job: MapJob) {
    let (function, out) = (job.function, Matrices<Scalar>(job.out))
    let inputs = job.inputs.map { Matrices<Scalar>($0) }
    let (a, b) = (inputs[0], inputs.count > 1 ? inputs[1] : inputs[0])
    let isFlat = [a, b, out].allSatisfy { $0.isContiguous && $0.shape == out.shape }
    guard !isFlat else {
      let count = out.batch * out.rows * out.columns
      return pool.run((count + Self.elementBlock - 1) / Self.elementBlock) { tile in
        let first = tile * Self.elementBlock
        loops.map(function, a.base + first, b.base + first, into: out.base + first, count: min(Self.elementBlock, count - first))
      }
    }
    // Wide rows in parts, narrow ones many at a time, so that the loops see whole vectors.
    let parts = (out.columns + Self.mapBlock - 1) / Self.mapBlock
    let lines = out.columns < Self.wideRow ? Self.mapBlock / out.columns : 1
    let groups = (out.rows + lines - 1) / lines
    let count = out.batch * groups * parts
    let windowsPerTile = max(1, Self.elementBlock / (lines * min(out.columns, Self.mapBlock)))
    pool.run((count + windowsPerTile - 1) / windowsPerTile) { tile in
      withTile(3 * Self.mapBlock) { memory in
        for index in tile * windowsPerTile..<min((tile + 1) * windowsPerTile, count) {
          let (row, column) = (index / parts % groups * lines, index % parts * Self.mapBlock)
          let window = Window(
            item: index / (parts * groups), row: row, rows: min(lines, out.rows - row), column: column,
            columns: min(Self.mapBlock, out.columns - column))
          let x = a.numbers(of: window, orCopiedTo: memory)
          let y = inputs.count > 1 ? b.numbers(of: window, orCopiedTo: memory + Self.mapBlock) : x
          let isDense = out.isDense(in: window)
          let result = isDense ? out.start(of: window) : memory + 2 * Self.mapBlock
          loops.map(function, x, y, into: result, count: window.rows * window.columns)
          if !isDense { out.store(result, to: window) }
        }
      }
    }
  }
}

/// A part of one item.
private struct Window {
  let item: Int
  let row: Int
  let rows: Int
  let column: Int
  let columns: Int
}

extension Matrices {
  fileprivate var shape: [Int] { [batch, rows, columns] }

  /// Whether the window's numbers lie one after the other, none of them repeated.
  fileprivate func isDense(in window: Window) -> Bool {
    guard columns > 1 || window.columns == 1 else { return false }
    return window.rows == 1 || (rows > 1 && rowStride == window.columns)
  }

  /// The first number of a window; where there is one item, row or column it stands for all.
  fileprivate func start(of window: Window) -> UnsafeMutablePointer<Scalar> {
    item(window.item) + (rows == 1 ? 0 : window.row * rowStride) + (columns == 1 ? 0 : window.column)
  }

  fileprivate func numbers(of window: Window, orCopiedTo memory: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Scalar> {
    let source = start(of: window)
    if isDense(in: window) { return source }
    let step = rows == 1 ? 0 : rowStride
    for line in 0..<window.rows {
      let target = memory + line * window.columns
      if columns == 1 {
        target.update(repeating: source[line * step], count: window.columns)
      } else {
        target.update(from: source + line * step, count: window.columns)
      }
    }
    return memory
  }

  fileprivate func store(_ numbers: UnsafeMutablePointer<Scalar>, to window: Window) {
    let target = start(of: window)
    for line in 0..<window.rows { (target + line * rowStride).update(from: numbers + line * window.columns, count: window.columns) }
  }
}
