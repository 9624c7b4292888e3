import Results
import Statistics
import StudyRecords

/// What the experiment `multilinearity` measured, by network, quantity and width.
package struct MultilinearityMeasurements: RunReading {
  private typealias Fields = MultilinearityFields

  /// Something that has one number for each member of an ensemble at each width.
  enum Quantity: Hashable, Comparable {
    /// |Dᵏ|.
    case derivative(Int)
    /// Norm of a block of the Hessian: `within 1`, …, or `across`.
    case block(String)
    /// |f − M| in a ball.
    case distance(MultilinearityFields.Direction)
    /// Largest distance in training between the network and the product of factors, over the norm of the targets.
    case training

    /// Exponent of the width that theory gives for a network of degree B; nil where it gives a bound only.
    func expectedSlope(degree: Int) -> Double? {
      switch self {
      case .derivative(let order): order <= degree ? 0 : -Double(order - degree) / 2
      case .block(let name): name == "across" ? 0 : -0.5
      case .distance(let direction): direction == .worst ? -0.5 : nil
      case .training: -0.5
      }
    }

    /// Name in legends, where the figure says what it is of.
    var shortName: String {
      switch self {
      case .block(let name): name
      case .distance(.worst): "largest"
      case .distance(let direction): direction.rawValue
      default: name
      }
    }

    private static let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶"]

    var name: String {
      switch self {
      case .derivative(let order): "|D\(Self.superscripts.indices.contains(order) ? Self.superscripts[order] : "^\(order)")|"
      case .block("across"): "Hessian across segments"
      case .block(let name): "Hessian within segment \(name.split(separator: " ").last ?? "")"
      case .distance(.worst): "largest distance to the model"
      case .distance(.descent): "distance where training went"
      case .distance(.sampled): "distance, sampled directions"
      case .training: "distance in training"
      }
    }

    /// Place in the table: derivatives by order, blocks with `across` last, distances, training.
    private var place: (Int, Int, String) {
      switch self {
      case .derivative(let order): (0, order, "")
      case .block(let name): (1, name == "across" ? 1 : 0, name)
      case .distance(let direction): (2, MultilinearityFields.Direction.allCases.firstIndex(of: direction) ?? 0, "")
      case .training: (3, 0, "")
      }
    }

    static func < (first: Quantity, second: Quantity) -> Bool { first.place < second.place }
  }

  struct Moment {
    var loss: Double
    var limitLoss: Double
    var distance: Double
  }

  private(set) var values: [LinearKind: [Quantity: [Int: [Int: Double]]]] = [:]
  private(set) var limits: [LinearKind: [Quantity: Double]] = [:]
  /// Moments by width, member and step.
  private(set) var training: [LinearKind: [Int: [Int: [Int: Moment]]]] = [:]

  package init() {}

  /// Takes in one record; of two for the same number the later counts, those of other kinds are passed over.
  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let kind = try record.checked(Fields.network), let width = try record.checked(Fields.width),
      let member = try record.checked(Fields.member)
    else { return }
    try checkCombinations(max(values.count, (values[kind] ?? [:]).count), most: 1024, of: "networks, or quantities of one network")
    let quantity: Quantity?
    switch record[Fields.kind] {
    case .norm: quantity = try record.checked(Fields.order).map { .derivative($0) }
    case .block: quantity = try record.checked(Fields.block).map { .block($0) }
    case .distance: quantity = record[Fields.direction].map { .distance($0) }
    case .training: return try addTraining(record, kind, width, member)
    case .end, nil: return
    }
    guard let quantity else { return }
    if let value = record[Fields.value] { values[kind, default: [:]][quantity, default: [:]][width, default: [:]][member] = value }
    if let limit = record[Fields.limit] { limits[kind, default: [:]][quantity] = limit }
  }

  private mutating func addTraining(_ record: Record, _ kind: LinearKind, _ width: Int, _ member: Int) throws(RecordFault) {
    guard let step = try record.checked(Fields.step), let loss = record[Fields.loss], let limitLoss = record[Fields.limitLoss],
      let distance = record[Fields.distance]
    else { return }
    training[kind, default: [:]][width, default: [:]][member, default: [:]][step] = Moment(
      loss: loss, limitLoss: limitLoss, distance: distance)
  }

  var kinds: [LinearKind] { Set(values.keys).union(training.keys).sorted() }

  /// Quantities in the order of the table.
  func quantities(_ kind: LinearKind) -> [Quantity] {
    ((values[kind] ?? [:]).keys + (training[kind] == nil ? [] : [.training])).sorted()
  }

  /// Estimates by increasing width.
  func estimates(_ kind: LinearKind, _ quantity: Quantity) -> [(width: Int, estimate: MeanEstimate)] {
    let byWidth: [Int: [Double]]
    if quantity == .training {
      byWidth = (training[kind] ?? [:]).mapValues { members in members.values.compactMap { $0.values.map(\.distance).max() } }
    } else {
      byWidth = (values[kind]?[quantity] ?? [:]).mapValues { members in members.sorted { $0.key < $1.key }.map(\.value) }
    }
    return byWidth.sorted { $0.key < $1.key }.compactMap { width, numbers in MeanEstimate(numbers).map { (width, $0) } }
  }
}
