import Experiments
import Foundation
import Sizes
import WideKernels
import YAMLFiles

/// A sweep as a file says it: an experiment, settings of all its runs, and axes whose product the runs are.
///
///     experiment: finite-width
///     settings: {widths: [64, 1024], bottlenecks: 2}
///     grid:
///       rate-fraction: {from: 0.01, to: 0.1, count: 4, spacing: log}
///     zip:
///       - {train: [8, 16], steps: [200, 100]}
///     seeds: 10
///
/// The runs are in the order of the file, the last axis fastest.
public struct SweepFile: Sendable {
  /// A setting with its value, as the command line takes it without the dashes.
  public struct Setting: Hashable, Sendable {
    /// Name of the setting.
    public let name: String
    /// Value as a text.
    public let value: String
  }

  /// The most runs that a sweep may have.
  public static let mostRuns = 100_000
  private static let keys = ["experiment", "settings", "grid", "zip", "seeds", "results"]
  private static let form = "expected \(keys.joined(separator: ", ")), one `key: value` per line"

  /// Path of the file.
  public let path: String
  /// Name of the experiment.
  public let experiment: String
  /// Folder of all results, relative to the current one, as `--results` takes it.
  public let results: String
  /// Settings of every run.
  public let settings: [Setting]
  /// Axes in the order of the file; an element of an axis is the settings that it gives.
  public let axes: [[[Setting]]]

  /// Reads a file.
  ///
  /// - Throws: what is wrong with it, with the line.
  public init(_ path: String) throws {
    let root = try YAMLReader.read(path)
    guard case .mapping(let members) = root?.content else {
      throw SweepError.invalid(path: "\(path):\(root?.line ?? 1)", reason: "\(Self.form).")
    }
    for (key, value) in members where !Self.keys.contains(key) {
      throw SweepError.invalid(path: "\(path):\(value.line)", reason: Self.unknown("key", key, known: Self.keys))
    }
    func member(_ key: String) -> YAMLValue? { members.first { $0.key == key }?.value }
    guard let name = member("experiment") else {
      throw SweepError.invalid(path: path, reason: "'experiment' is missing; expected the name of one, such as finite-width.")
    }
    let reader = AxisReader(path: path), experiment = try reader.text(name, of: "experiment")
    guard let type = ExperimentCatalog.all.first(where: { $0.name == experiment }) else {
      throw ExperimentError.unknownExperiment(name: experiment, known: ExperimentCatalog.all.map { $0.name })
    }
    (self.path, self.experiment) = (path, experiment)
    results = try member("results").map { try reader.text($0, of: "results") } ?? "results"
    settings = try member("settings").map { try reader.fixed($0) } ?? []
    axes = try members.flatMap { key, value in
      switch key {
      case "grid": try reader.grid(value)
      case "zip": try reader.zipped(value)
      case "seeds": [try reader.seeds(value)]
      default: [[[Setting]]]()
      }
    }
    try reader.check(settings.map(\.name) + axes.flatMap { $0[0].map(\.name) }, known: SweepSettings.names(of: type))
    let count = axes.reduce(Size(1)) { $0 * Size($1.count) }
    guard count <= Size(Self.mostRuns) else {
      throw SweepError.tooManyRuns(
        path: path, count: count.value < Int.max ? "\(count.value)" : "more than can be counted", most: Self.mostRuns)
    }
  }

  /// Settings of each run that differ between runs, in the order of the runs: the product of the axes.
  ///
  /// - Throws: `SweepError.sameRun` where two are equal.
  public func points() throws(SweepError) -> [[Setting]] {
    let points = axes.reduce([[Setting]()]) { points, axis in points.flatMap { point in axis.map { point + $0 } } }
    var known: Set<[Setting]> = []
    for point in points where !known.insert(point).inserted {
      throw .sameRun(first: Self.text(point), second: Self.text(point), differing: [])
    }
    return points
  }

  /// Settings in a line, as in `widths=64 seed=1`.
  public static func text(_ settings: [Setting]) -> String { settings.map { "\($0.name)=\($0.value)" }.joined(separator: " ") }

  static func unknown(_ kind: String, _ name: String, known: [String]) -> String {
    "the \(kind) '\(name.prefix(60))' is not known; " + (known.nearest(to: name).map { "did you mean \($0)? Choose" } ?? "choose")
      + " from \(known.joined(separator: ", "))."
  }
}
