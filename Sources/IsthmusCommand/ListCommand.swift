import ArgumentParser
import BackendTestKit
import Datasets
import Experiments
import Foundation
import Networks
import PrintableText
import Results
import WideKernels

/// `isthmus list`.
struct ListCommand: ParsableCommand {
  enum Subject: String, CaseIterable {
    case experiments, activations, layers, data, operations, runs

    init(named name: String) throws {
      let names = Self.allCases.map(\.rawValue)
      guard let known = Subject(rawValue: name) else {
        let meant = names.nearest(to: name).map { "did you mean \($0)? Choose" } ?? "choose"
        throw ValidationError("\(meant) from \(names.joined(separator: ", ")).")
      }
      self = known
    }
  }

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list",
      abstract: "List experiments, activations, layers of networks, forms of data, operations of devices, or runs.",
      discussion: """
        `isthmus results` chooses among runs, compares and removes them. Without a subject everything is listed. With --json: an object with a member for every subject asked for.

        Examples:
          isthmus list activations
          isthmus list layers
          isthmus list runs --results results --json
        """)
  }

  @Argument(
    help: "What to list: experiments, activations, layers (of a network in YAML), data, operations (what `isthmus check` covers) or runs.",
    completion: .list(Subject.allCases.map(\.rawValue)), transform: { try Subject(named: $0) })
  var subject: Subject?
  @OptionGroup var folder: ResultsFolderOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    if subject == .runs { _ = try folder.existing() }
    let subjects = subject.map { [$0] } ?? Subject.allCases
    if json {
      Terminal.write(lines: JSONValue.object(try subjects.map { .init($0.rawValue, try json($0)) }).prettyText.trimmingLineFeed)
    } else {
      Terminal.write(lines: subjects.map { "\($0.rawValue):\n" + text($0) }.joined(separator: "\n"))
    }
  }

  private var runs: [RunSummary] { RunListing.runs(in: folder.url) }

  /// Kinds of layers, each with how it is written.
  private var layers: [String] {
    let others = PointwiseLayer.names.filter { !ActivationKind.names.contains($0) }
    let first = [
      "{dense: 64, weightVariance: 2, biasVariance: 0.1}  the width may be null", "relu, or another of `isthmus list activations`",
    ]
    return first + others + ["not yet: \(Layer.announced.joined(separator: ", "))"]
  }

  private func text(_ subject: Subject) -> String {
    func indented(_ lines: [String]) -> String { lines.map { "  \($0.printable(limit: 500))\n" }.joined() }
    switch subject {
    case .experiments: return indented(ExperimentCatalog.all.map { "\($0.name)  \($0.summary)" })
    case .activations:
      return indented(
        ActivationKind.types.map { type in
          let defaults = type.parameterDefaults
          return defaults.isEmpty
            ? type.name
            : "\(type.name)(\(defaults.map { "\($0.value)" }.joined(separator: ",")))  parameters \(defaults.map(\.name).joined(separator: ", "))"
        })
    case .layers: return indented(layers)
    case .data: return indented(DataSource.knownForms)
    case .operations: return indented(ConformanceOperation.allCases.map(\.rawValue))
    case .runs:
      let runs = runs
      guard !runs.isEmpty else { return "  none in \(folder.results.printable)\n" }
      let overview = RunOverview(runs).text(width: RunListingText.width - 2)
      return indented(overview.split(separator: "\n").map(String.init))
    }
  }

  private func json(_ subject: Subject) throws -> JSONValue {
    switch subject {
    case .experiments:
      .array(
        try ExperimentCatalog.all.map {
          ["name": .string($0.name), "summary": .string($0.summary), "settings": .array(try $0.declarations().map(\.json))]
        })
    case .activations:
      .array(
        ActivationKind.types.map { type in
          [
            "name": .string(type.name), "hasKink": .bool(type.hasKink),
            "parameters": .array(type.parameterDefaults.map { ["name": .string($0.name), "default": .number($0.value)] }),
          ]
        })
    case .layers:
      .array(
        (Layer.names + Layer.announced).map { name in
          [
            "name": .string(name), "isActivation": .bool(ActivationKind.names.contains(name)),
            "isAvailable": .bool(Layer.names.contains(name)),
          ]
        })
    case .data: .array(DataSource.knownForms.map { .string($0) })
    case .operations: .array(ConformanceOperation.allCases.map { .string($0.rawValue) })
    case .runs: .array(runs.map(\.json))
    }
  }
}

extension SettingDeclaration {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "section": .string(section.rawValue), "meaning": .string(meaning),
      "range": range.map { .string($0) } ?? .null, "values": .array(values.map { .string($0) }),
      "default": standard.map { .string($0) } ?? .null,
    ]
  }
}
