import Results

/// What the records of an experiment hold, by their kind.
package struct RecordFormat: Sendable {
  /// Lines of one kind.
  package struct Kind: Sendable {
    let name: String
    let meaning: String
    let fields: [any AnyField]

    /// - Parameters:
    ///   - name: value of the field `kind`.
    ///   - meaning: what one line is of.
    package init(_ name: some RawRepresentable<String>, _ meaning: String, _ fields: [any AnyField]) {
      (self.name, self.meaning, self.fields) = (name.rawValue, meaning, fields)
    }
  }

  /// Names of the experiments.
  package let experiments: [String]
  /// Kinds of lines.
  package let kinds: [Kind]

  package init(_ experiments: [String], _ kinds: [Kind]) { (self.experiments, self.kinds) = (experiments, kinds) }

  /// All fields in the order in which they are first named.
  private var fields: [any AnyField] {
    kinds.flatMap(\.fields).reduce(into: []) { fields, field in
      if !fields.contains(where: { ($0.name, $0.meaning) == (field.name, field.meaning) }) { fields.append(field) }
    }
  }

  /// Why a record is none of the format; nil where it is one.
  package func fault(_ record: Record) -> String? {
    guard let kind = kinds.first(where: { $0.name == record.string("kind") }) else {
      return "kind \(record["kind"]?.text ?? "missing") is none of \(kinds.map(\.name))"
    }
    let known = Set(kind.fields.map(\.name) + ["kind"])
    return record.fields.first { !known.contains($0.key) }.map { "'\($0.key)' is no field of kind \(kind.name)" }
  }

  /// Two tables in Markdown, of kinds and of fields, as `Documentation/results-format.md` has them.
  package var markdown: String {
    let kindLines = kinds.map { "| `\($0.name)` | \($0.meaning) |" }
    let fieldLines = fields.map { field in
      let own = kinds.filter { kind in kind.fields.contains { ($0.name, $0.meaning) == (field.name, field.meaning) } }
      return "| `\(field.name)` | \(own.count == kinds.count ? "all" : own.map(\.name).joined(separator: ", ")) | \(field.meaning) |"
    }
    return (["| `kind` | one line for |", "|---|---|"] + kindLines + ["", "| key | kinds | value |", "|---|---|---|"] + fieldLines)
      .joined(separator: "\n") + "\n"
  }
}

extension RecordFormat {
  /// The formats of all experiments.
  package static let all = [
    BottleneckFields.format, LinearAccelerationFields.format, MultilinearityFields.format, FiniteWidthFields.format,
    LazyFeatureFields.format,
  ]
}
