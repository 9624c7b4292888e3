import Results
import StudyRecords

/// What the records of the experiment `lazy-feature` say of every network, by width and √h·α.
package struct LazyFeatureRuns: RunReading {
  private typealias Fields = LazyFeatureFields

  /// One network.
  struct Network {
    /// Steps in their order.
    var steps: [Record] = []
    var end: Record?
  }

  /// Networks that differ by their draw alone.
  struct Cell {
    let width: Double
    let alpha: Double
    fileprivate var networksByDraw: [Int: Network] = [:]
    /// Fluctuations over draws and the error of the mean.
    fileprivate(set) var ensemble: Record?

    var networks: [Network] { networksByDraw.sorted { $0.key < $1.key }.map(\.value) }

    /// The last lines of networks that are done.
    var done: [Record] { networks.compactMap(\.end) }

    /// A field of the last lines, of those networks that have it.
    func ends(_ field: Field<Double>) -> [Double] { done.compactMap { $0[field] } }
    func ends(_ field: Field<Double?>) -> [Double] { done.compactMap { $0[field] } }
  }

  private struct Place: Hashable {
    let width: Int
    let alpha: Double
  }

  private var places: [Place: Cell] = [:]
  /// Test errors of the linear models with initial kernels, by width.
  private(set) var initialKernelErrors: [Double: [Double]] = [:]

  package init() {}

  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let width = try record.checked(Fields.width) else { return }
    try checkCombinations(places.count + initialKernelErrors.count + 1, of: "combinations of width and α")
    let kind = record[Fields.kind]
    guard let alpha = try record.checked(Fields.alpha) else {
      if kind == .kernel, let error = record[Fields.testError] { initialKernelErrors[Double(width), default: []].append(error) }
      return
    }
    let place = Place(width: width, alpha: alpha)
    var cell = places[place] ?? Cell(width: Double(width), alpha: alpha)
    switch kind {
    case .ensemble: cell.ensemble = record
    case .step:
      guard let draw = try record.checked(Fields.draw) else { return }
      cell.networksByDraw[draw, default: Network()].steps.append(record)
    case .end:
      guard let draw = try record.checked(Fields.draw) else { return }
      cell.networksByDraw[draw, default: Network()].end = record
    case .kernel, nil: return
    }
    places[place] = cell
  }

  /// Cells by width, then α.
  var cells: [Cell] { places.values.sorted { ($0.width, $0.alpha) < ($1.width, $1.alpha) } }
  var widths: [Double] { Set(places.values.map(\.width)).sorted() }
  var alphas: [Double] { Set(places.values.map(\.alpha)).sorted() }
}
