import Foundation
import Results

/// What the records of the experiment `lazy-feature` say of every network, by width and √h·α.
public struct LazyFeatureRuns: Sendable {
  /// One network.
  struct Network {
    var draw: Int
    /// In the order of their steps.
    var steps: [Record] = []
    var end: Record?
  }

  /// Networks that differ by their draw alone.
  struct Cell {
    var width: Double
    var alpha: Double
    var networks: [Network]
    /// Over draws: fluctuations and the error of the mean.
    var ensemble: Record?
    /// Test errors of the linear models with the final kernels.
    var finalKernelErrors: [Double]

    /// A field of the last lines, of those networks that have it.
    func ends(_ field: String) -> [Double] { networks.compactMap { $0.end?.number(field) } }
  }

  /// By width, then α.
  let cells: [Cell]
  /// Test errors of the linear models with initial kernels, by width.
  let initialKernelErrors: [Double: [Double]]

  public init(_ records: [Record]) {
    var collector = Collector()
    for record in records { collector.add(record) }
    self.init(collector)
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    var collector = Collector()
    try RunRecords.forEach(directory) { collector.add($0) }
    self.init(collector)
  }

  private init(_ collector: Collector) {
    cells = collector.cells.values.sorted { ($0.width, $0.alpha) < ($1.width, $1.alpha) }.map { cell in
      var cell = cell
      cell.networks.sort { $0.draw < $1.draw }
      return cell
    }
    initialKernelErrors = collector.kernels
  }

  var widths: [Double] { Set(cells.map(\.width)).sorted() }
  var alphas: [Double] { Set(cells.map(\.alpha)).sorted() }

  private struct Collector {
    struct Place: Hashable {
      var width: Double
      var alpha: Double
    }
    var cells: [Place: Cell] = [:]
    var kernels: [Double: [Double]] = [:]

    mutating func add(_ record: Record) {
      guard let width = record.number("width") else { return }
      guard let alpha = record.number("alpha") else {
        if record.string("kind") == "kernel", let error = record.number("testError") { kernels[width, default: []].append(error) }
        return
      }
      let place = Place(width: width, alpha: alpha)
      var cell = cells[place] ?? Cell(width: width, alpha: alpha, networks: [], finalKernelErrors: [])
      defer { cells[place] = cell }
      if record.string("kind") == "ensemble" { cell.ensemble = record }
      if record.string("kind") == "kernel", let error = record.number("testError") { cell.finalKernelErrors.append(error) }
      guard let draw = record.number("draw").flatMap({ Int(exactly: $0) }), ["step", "end"].contains(record.string("kind")) else { return }
      let index = cell.networks.firstIndex { $0.draw == draw } ?? cell.networks.count
      if index == cell.networks.count { cell.networks.append(Network(draw: draw)) }
      if record.string("kind") == "end" { cell.networks[index].end = record } else { cell.networks[index].steps.append(record) }
    }
  }
}
