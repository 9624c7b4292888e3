import Foundation
import Results
import Statistics

/// What the experiment `multilinearity` measured, by network, quantity and width.
public struct MultilinearityMeasurements {
  /// A network by its segments: `4`, `2+2`.
  struct Kind: Hashable, Comparable {
    let text: String
    let depths: [Int]

    /// B.
    var degree: Int { depths.count }
    /// Name for readers: `4 layers`, `2 + 2 layers`.
    var name: String { "\(depths.map(String.init).joined(separator: " + ")) layers" }

    init?(_ text: String) {
      let parts = text.split(separator: "+", omittingEmptySubsequences: false).map { part in
        Int(part).flatMap { (1...1000).contains($0) && String($0) == part ? $0 : nil }
      }
      guard parts.count <= 1000, !parts.contains(nil) else { return nil }
      self.text = text
      depths = parts.compactMap { $0 }
    }

    /// Orders by number of bottlenecks, then layers.
    static func < (first: Kind, second: Kind) -> Bool {
      first.degree == second.degree ? first.depths.lexicographicallyPrecedes(second.depths) : first.degree < second.degree
    }
  }

  /// Something that has one number for each member of an ensemble at each width.
  enum Quantity: Hashable {
    /// |Dᵏ|.
    case derivative(Int)
    /// Norm of a block of the Hessian: `within 1`, …, or `across`.
    case block(String)
    /// |f − M| in a ball: `worst`, `descent` or `sampled`.
    case distance(String)
    /// Largest distance in training between the network and the product of factors, over the norm of the targets.
    case training

    /// Exponent of the width that theory gives for a network of degree B; nil where it gives a bound only.
    func expectedSlope(degree: Int) -> Double? {
      switch self {
      case .derivative(let order): order <= degree ? 0 : -Double(order - degree) / 2
      case .block(let name): name == "across" ? 0 : -0.5
      case .distance(let direction): direction == "worst" ? -0.5 : nil
      case .training: -0.5
      }
    }

    /// Name in legends, where the figure says what it is of.
    var shortName: String {
      switch self {
      case .block(let name): name
      case .distance("worst"): "largest"
      case .distance(let direction): direction
      default: name
      }
    }

    private static let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶"]

    var name: String {
      switch self {
      case .derivative(let order): "|D\(Self.superscripts.indices.contains(order) ? Self.superscripts[order] : "^\(order)")|"
      case .block(let name):
        name == "across" ? "Hessian across segments" : "Hessian within segment \(name.split(separator: " ").last ?? "")"
      case .distance("worst"): "largest distance to the model"
      case .distance("descent"): "distance where training went"
      case .distance(let direction): "distance, \(direction) directions"
      case .training: "distance in training"
      }
    }
  }

  struct Moment {
    var loss: Double
    var limitLoss: Double
    var distance: Double
  }

  /// More are no run of this program's.
  private static let most = 1024

  private(set) var values: [Kind: [Quantity: [Int: [Int: Double]]]] = [:]
  private(set) var limits: [Kind: [Quantity: Double]] = [:]
  /// Moments by width, member and step.
  private(set) var training: [Kind: [Int: [Int: [Int: Moment]]]] = [:]

  /// The measurements of a run's records. Of two lines for the same number the later counts; lines of other kinds are passed over.
  ///
  /// - Throws: `RecordFault` where network, width, member, order or step of a line are not what they should be.
  public init(_ records: [Record]) throws(RecordFault) { for record in records { try add(record) } }

  init() {}

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try add(record) }
  }

  var kinds: [Kind] { Set(values.keys).union(training.keys).sorted() }

  private mutating func add(_ record: Record) throws(RecordFault) {
    guard let text = try record.checkedString("network"), let width = try record.checkedWhole("width", in: 1...(1 << 53)),
      let member = try record.checkedWhole("member")
    else { return }
    guard let kind = Kind(text) else {
      throw RecordFault("'\(text)' names no network; expected the layers of its segments, such as 4 or 2+2")
    }
    guard (values[kind] ?? [:]).count <= Self.most, values.count <= Self.most else {
      throw RecordFault("more than \(Self.most) networks, or quantities of one network")
    }
    let quantity: Quantity
    switch record.string("kind") {
    case "norm":
      guard let order = try record.checkedWhole("order") else { return }
      quantity = .derivative(order)
    case "block":
      guard let block = try record.checkedString("block") else { return }
      quantity = .block(block)
    case "distance":
      guard let direction = try record.checkedString("direction") else { return }
      quantity = .distance(direction)
    case "training": return try addTraining(record, kind, width, member)
    default: return
    }
    if let value = record.number("value") { values[kind, default: [:]][quantity, default: [:]][width, default: [:]][member] = value }
    if let limit = record.number("limit") { limits[kind, default: [:]][quantity] = limit }
  }

  private mutating func addTraining(_ record: Record, _ kind: Kind, _ width: Int, _ member: Int) throws(RecordFault) {
    guard let step = try record.checkedWhole("step"), let loss = record.number("loss"),
      let limitLoss = record.number("limitLoss"), let distance = record.number("distance")
    else { return }
    training[kind, default: [:]][width, default: [:]][member, default: [:]][step] = Moment(
      loss: loss, limitLoss: limitLoss, distance: distance)
  }

  /// Estimates by increasing width.
  func estimates(_ kind: Kind, _ quantity: Quantity) -> [(width: Int, estimate: MeanEstimate)] {
    let byWidth: [Int: [Double]]
    if case .training = quantity {
      byWidth = (training[kind] ?? [:]).mapValues { members in members.values.compactMap { $0.values.map(\.distance).max() } }
    } else {
      byWidth = (values[kind]?[quantity] ?? [:]).mapValues { members in members.sorted { $0.key < $1.key }.map(\.value) }
    }
    return byWidth.sorted { $0.key < $1.key }.compactMap { width, numbers in MeanEstimate(numbers).map { (width, $0) } }
  }

  /// Quantities in the order of the table.
  func quantities(_ kind: Kind) -> [Quantity] {
    let known = values[kind] ?? [:]
    let orders = known.keys.compactMap { quantity in if case .derivative(let order) = quantity { order } else { nil } }.sorted()
    let blocks = known.keys.compactMap { quantity in if case .block(let name) = quantity { name } else { nil } }
      .sorted { ($0 == "across" ? 1 : 0, $0) < ($1 == "across" ? 1 : 0, $1) }
    let directions = ["worst", "descent", "sampled"].filter { known[.distance($0)] != nil }
    return orders.map { .derivative($0) } + blocks.map { .block($0) } + directions.map { .distance($0) }
      + (training[kind] == nil ? [] : [.training])
  }
}
