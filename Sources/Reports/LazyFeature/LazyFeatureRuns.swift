import Foundation
import Results

/// What the records of the experiment `lazy-feature` say of every network, by width and √h·α.
public struct LazyFeatureRuns: Sendable {
  /// One network.
  struct Network {
    /// Steps in their order.
    var steps: [Record] = []
    var end: Record?
  }

  /// Networks that differ by their draw alone.
  struct Cell {
    var width: Double
    var alpha: Double
    var networks: [Network]
    /// Fluctuations over draws and the error of the mean.
    var ensemble: Record?
    /// Test errors of the linear models with the final kernels.
    var finalKernelErrors: [Double]

    /// A field of the last lines, of those networks that have it.
    func ends(_ field: String) -> [Double] { networks.compactMap { $0.end?.number(field) } }
  }

  /// Cells by width, then α.
  let cells: [Cell]
  /// Test errors of the linear models with initial kernels, by width.
  let initialKernelErrors: [Double: [Double]]

  /// - Throws: `RecordFault` where width, α or draw of a line are not what they should be.
  public init(_ records: [Record]) throws(RecordFault) {
    var collector = Collector()
    for record in records { try collector.add(record) }
    self.init(collector)
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    var collector = Collector()
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try collector.add(record) }
    self.init(collector)
  }

  private init(_ collector: Collector) {
    cells = collector.cells.sorted { ($0.key.width, $0.key.alpha) < ($1.key.width, $1.key.alpha) }.map { place, content in
      Cell(
        width: place.width, alpha: place.alpha, networks: content.networks.sorted { $0.key < $1.key }.map(\.value),
        ensemble: content.ensemble, finalKernelErrors: content.finalKernelErrors)
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
    struct Content {
      /// Networks by draw.
      var networks: [Int: Network] = [:]
      var ensemble: Record?
      var finalKernelErrors: [Double] = []
    }
    /// More combinations are no run of this program's, and comparing all of them would not end.
    static let mostPlaces = 4096

    var cells: [Place: Content] = [:]
    var kernels: [Double: [Double]] = [:]

    mutating func add(_ record: Record) throws(RecordFault) {
      guard let whole = try record.checkedWhole("width", in: 1...(1 << 53)) else { return }
      let width = Double(whole)
      guard cells.count + kernels.count < Collector.mostPlaces else {
        throw RecordFault("more than \(Collector.mostPlaces) combinations of width and α")
      }
      guard let alpha = try record.checkedNumber("alpha") else {
        if record.string("kind") == "kernel", let error = record.number("testError") { kernels[width, default: []].append(error) }
        return
      }
      let place = Place(width: width, alpha: alpha)
      switch record.string("kind") {
      case "ensemble": cells[place, default: Content()].ensemble = record
      case "kernel":
        if let error = record.number("testError") { cells[place, default: Content()].finalKernelErrors.append(error) }
      case "step":
        if let draw = try record.checkedWhole("draw") {
          cells[place, default: Content()].networks[draw, default: Network()].steps.append(record)
        }
      case "end":
        if let draw = try record.checkedWhole("draw") { cells[place, default: Content()].networks[draw, default: Network()].end = record }
      default: break
      }
    }
  }
}
