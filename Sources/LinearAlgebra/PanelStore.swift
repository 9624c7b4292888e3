import Compute
import Foundation

/// Where the panels of a Cholesky factor lie for as long as later panels need them.
public enum PanelStorage: Sendable, Equatable {
  /// Memory of the engine's device.
  case device
  /// A file of this folder that loses its name as soon as it is open: its space is free again however the program ends.
  case disk(folder: URL)
}

/// The panels of a factor L of size n so far.
struct PanelStore {
  /// L[firstRow ..< n, columns firstRow ..< firstRow + columns].
  struct Panel {
    let firstRow: Int
    let rows: Int
    let columns: Int
    fileprivate let place: Place
  }
  fileprivate enum Place {
    case device(Tensor)
    case file(PanelFile, offset: Int)
  }

  private(set) var panels: [Panel] = []
  private let engine: Engine
  private let file: PanelFile?
  private var fileLength = 0

  /// - Parameter count: numbers that all panels hold together; a disk without room for them is an error at once.
  init(_ storage: PanelStorage, count: Int, on engine: Engine) throws(FactorisationError) {
    self.engine = engine
    switch storage {
    case .device: file = nil
    case .disk(let folder): file = try PanelFile(in: folder, expectedBytes: count * MemoryLayout<Double>.stride)
    }
  }

  /// - Parameter tensor: `[1, n − firstRow, columns]`, contiguous.
  mutating func append(_ tensor: Tensor, firstRow: Int) throws(FactorisationError) {
    let place: Place = if let file { .file(file, offset: fileLength) } else { .device(tensor) }
    let panel = Panel(firstRow: firstRow, rows: tensor.rows, columns: tensor.columns, place: place)
    if let file {
      for slice in panel.slices(from: 0) {
        let values = try onDevice { () throws(ComputeError) in try engine.read(tensor.rows(slice)) }
        try file.write(values, at: fileLength + panel.bytes(slice.lowerBound))
      }
      fileLength += panel.bytes(panel.rows)
    }
    panels.append(panel)
  }

  /// L[row ..< n, columns of the panel] on the device.
  func rows(from row: Int, of panel: Panel) throws(FactorisationError) -> Tensor {
    let first = row - panel.firstRow
    switch panel.place {
    case .device(let tensor): return tensor.rows(first..<panel.rows)
    case .file(let file, let offset):
      let tensor = try onDevice { () throws(ComputeError) in try engine.empty(rows: panel.rows - first, columns: panel.columns) }
      for slice in panel.slices(from: first) {
        let values = try file.read(slice.count * panel.columns, at: offset + panel.bytes(slice.lowerBound))
        let target = tensor.rows(slice.lowerBound - first..<slice.upperBound - first)
        try onDevice { () throws(ComputeError) in try engine.write(values, into: target) }
      }
      return tensor
    }
  }
}

extension PanelStore.Panel {
  fileprivate func bytes(_ rows: Int) -> Int { rows * columns * MemoryLayout<Double>.stride }

  /// Rows that go by way of the host at a time: 8 MiB, or one row.
  fileprivate func slices(from first: Int) -> [Range<Int>] {
    let step = max(1, (8 << 20) / bytes(1))
    return stride(from: first, to: rows, by: step).map { $0..<min($0 + step, rows) }
  }
}
