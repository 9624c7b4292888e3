/// What a computation keeps of its run: all of it, or a part.
public protocol RunStore: Sendable {
  /// Records of earlier starts, in the order in which they were written.
  var existing: [Record] { get }

  /// Adds a record at the end.
  func append(_ record: Record) throws(ResultsError)
  /// Waits until everything written is on the disk.
  func synchronise() throws(ResultsError)
  /// Writes an array of float64 of this shape, row-major, under a name of its own.
  func writeArray(_ name: String, shape: [Int], _ values: [Double]) throws(ResultsError)
  /// Names of the arrays that there are.
  var arrayNames: Set<String> { get }
  /// Reads a checkpoint; nil where there is none.
  func readCheckpoint(_ name: String) throws(ResultsError) -> Checkpoint?
  /// Replaces a checkpoint in one go.
  func writeCheckpoint(_ name: String, _ checkpoint: Checkpoint) throws(ResultsError)
  /// Removes a checkpoint, if there is one.
  func removeCheckpoint(_ name: String) throws(ResultsError)
}

extension ResultsStore: RunStore {}

/// A part of a run, for a computation that knows nothing of the others: its records carry fields that tell them from those of other
/// parts, its arrays and checkpoints a prefix.
public struct RunPart: RunStore {
  private let run: any RunStore
  private let name: String
  private let fields: Record
  public let existing: [Record]

  /// - Parameters:
  ///   - name: goes before the names of arrays and checkpoints, with a hyphen; differs between the parts of a run.
  ///   - fields: are set in every record; differ between the parts of a run.
  public init(of run: any RunStore, name: String, fields: Record) {
    self.run = run
    self.name = name
    self.fields = fields
    existing = run.existing.filter { record in fields.fields.allSatisfy { record[$0.key] == $0.value } }
  }

  public func append(_ record: Record) throws(ResultsError) {
    var whole = record
    for field in fields.fields { whole[field.key] = field.value }
    try run.append(whole)
  }

  public func synchronise() throws(ResultsError) { try run.synchronise() }

  public func writeArray(_ name: String, shape: [Int], _ values: [Double]) throws(ResultsError) {
    try run.writeArray(own(name), shape: shape, values)
  }

  public var arrayNames: Set<String> {
    let prefix = own("")
    return Set(run.arrayNames.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
  }

  public func readCheckpoint(_ name: String) throws(ResultsError) -> Checkpoint? { try run.readCheckpoint(own(name)) }

  public func writeCheckpoint(_ name: String, _ checkpoint: Checkpoint) throws(ResultsError) {
    try run.writeCheckpoint(own(name), checkpoint)
  }

  public func removeCheckpoint(_ name: String) throws(ResultsError) { try run.removeCheckpoint(own(name)) }

  private func own(_ name: String) -> String { "\(self.name)-\(name)" }
}
