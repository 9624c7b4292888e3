import ArgumentParser
import Compute
import Foundation
import Logging
import Results

/// A computation that a user starts by name, with settings, a plan and recorded results.
///
/// An experiment gets an `Engine`, never a backend, and writes records; figures and tables are made from records alone.
public protocol Experiment: Sendable {
  /// Every setting with its default, declared once: an option with help on the command line, a key of the same name in YAML.
  associatedtype Settings: ExperimentSettings

  /// Name of the experiment on the command line.
  static var name: String { get }
  /// One line for listings.
  static var summary: String { get }
  /// Settings that extend a run rather than change its numbers; they are not part of its identity.
  static var extendingSettings: Set<String> { get }

  /// Says of a recorded line what it holds beyond what `settings` ask for; nil where they cover it.
  ///
  /// Settings that extend a run can be given too small for what it holds already.
  static func excess(over settings: Settings) throws -> (Record) -> Excess?

  /// Defaults that differ from those that `Settings` declares, as texts by the settings' names on the command line.
  static var defaults: [String: String] { get }
  /// Settings, as in `defaults`, of the published figures or beyond, for a large machine: what `--paper` stands for. Empty for none.
  static var paper: [String: String] { get }
  /// Settings without which those of `paper` do not run, with an example of a value: the user has to give them. Empty for none.
  static var paperNeeds: [String: String] { get }
  /// A first run that anybody can wait for.
  static var firstRun: FirstRun { get }
  /// Settings that `Settings` declares and other ones, by name, take the place of: giving them is an error.
  static var replacedSettings: [String: String] { get }

  /// Settings that say what others would, by name: beside one of them none of those may be given, and their defaults do not count.
  static var exclusiveSettings: [String: Set<String>] { get }
  /// Defaults, as in `defaults`, that count where a setting is given, by its name.
  static var defaultsBeside: [String: [String: String]] { get }
  /// Settings that came when there were runs already: where they have no value they are no part of a run's identity.
  static var laterSettings: Set<String> { get }

  /// Whether passes in float32 keep what `settings` promise.
  static func allowsFloat32Passes(_ settings: Settings) -> Bool

  /// Checks the settings, reads the data and says what the work will cost, before any of it is done: nothing is asked of the device.
  ///
  static func plan(_ settings: Settings, on device: PlannedDevice) throws -> any ExperimentPlan
}

extension Experiment {
  public static var defaults: [String: String] { [:] }
  public static var paper: [String: String] { [:] }
  public static var paperNeeds: [String: String] { [:] }
  public static var replacedSettings: [String: String] { [:] }
  public static var exclusiveSettings: [String: Set<String>] { [:] }
  public static var defaultsBeside: [String: [String: String]] { [:] }
  public static var laterSettings: Set<String> { [] }

  /// Settings by name, as the command line and YAML take them; what is not named is as by default.
  ///
  /// - Throws: what the parser says of a name that is none, or of a value that it cannot read.
  public static func settings(_ values: [String: String] = [:]) throws -> Settings {
    try Settings.parse(defaultArguments + arguments(values))
  }

  /// A plan without estimates of time: all of them are 0.
  public static func plan(_ settings: Settings, on engine: Engine, passEngine: Engine) throws -> any ExperimentPlan {
    try plan(settings, on: PlannedDevice(engine, passEngine: passEngine))
  }

  /// The arguments that `defaults` stand for. They come before a user's own, of which the last counts.
  public static var defaultArguments: [String] { arguments(defaults) }
  /// The arguments that `--paper` stands for. They come after the defaults.
  public static var paperArguments: [String] { arguments(paper) }

  /// The arguments that come before a user's own: the defaults, and what `--paper` stands for, without what the settings `given` say.
  ///
  /// - Throws: `ExperimentError.exclusiveSettings` where two of those given say the same.
  public static func arguments(beneath given: Set<String>, isPaper: Bool) throws(ExperimentError) -> [String] {
    for (name, others) in exclusiveSettings.sorted(by: { $0.key < $1.key }) where given.contains(name) {
      if let other = others.intersection(given).min() { throw .exclusiveSettings(name: other, by: name) }
    }
    func isOpen(_ name: String) -> Bool {
      !given.contains { exclusiveSettings[$0]?.contains(name) ?? false } && exclusiveSettings[name]?.isDisjoint(with: given) ?? true
    }
    let beside = defaultsBeside.filter { given.contains($0.key) }.values.flatMap(arguments)
    return arguments(defaults.filter { isOpen($0.key) }) + (isPaper ? arguments(paper.filter { isOpen($0.key) }) : []) + beside
  }

  private static func arguments(_ settings: [String: String]) -> [String] {
    settings.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
  }
}

/// A small run that shows what an experiment does.
public struct FirstRun: Sendable {
  /// Settings that differ from the defaults, by name.
  public let settings: [String: String]
  /// Time that it takes on two cores, in seconds: at most two minutes.
  public let seconds: Int

  init(_ settings: [String: String], seconds: Int) { (self.settings, self.seconds) = (settings, seconds) }
}

/// Checked settings with their data, ready to run.
public protocol ExperimentPlan {
  /// What will be done and what it costs in time and memory, in lines for a person.
  var summary: [String] { get }
  /// Estimated seconds on this device.
  var estimatedSeconds: Double { get }
  /// Estimated seconds of one step of everything that advances together; nil for an experiment without steps.
  var estimatedSecondsPerStep: Double? { get }
  /// Bytes that the run holds at its peak, of the device and the host together: a bound from above.
  var memory: Int { get }
  /// Estimated bytes that results take on disk.
  var disk: Int { get }
  /// Checksums of the files that were read.
  var dataChecksums: [String: String] { get }
  /// How the data were read where the files leave it open, for the user and the manifest.
  var dataNotes: [String] { get }
  /// Seeds by name, for the manifest.
  var seeds: [String: UInt64] { get }

  func run(_ context: RunContext) throws
}

extension ExperimentPlan {
  public var estimatedSecondsPerStep: Double? { nil }
  public var dataChecksums: [String: String] { [:] }
  public var dataNotes: [String] { [] }
}

/// What a running experiment may use.
public struct RunContext: Sendable {
  /// float64.
  public let engine: Engine
  /// The precision asked for; the same device.
  public let passEngine: Engine
  /// Store that takes the records, arrays and checkpoints of the run.
  public let store: any RunStore
  /// Log of events that are no results.
  public let log: Logger
  /// Receiver of how far the run is.
  public let progress: any ProgressReporting
  /// Source of requests to save or to end.
  public let control: any RunControl

  public init(
    engine: Engine, passEngine: Engine, store: any RunStore, log: Logger, progress: any ProgressReporting,
    control: any RunControl = NoControl()
  ) {
    self.engine = engine
    self.passEngine = passEngine
    self.store = store
    self.log = log
    self.progress = progress
    self.control = control
  }

  /// This context with another store, for a part of the run.
  func part(store: any RunStore) -> RunContext {
    RunContext(engine: engine, passEngine: passEngine, store: store, log: log, progress: progress, control: control)
  }
}

/// Told how far the work is; a progress bar on a terminal, plain lines elsewhere.
public protocol ProgressReporting: Sendable {
  /// Takes how far the run is.
  ///
  /// - Parameters:
  ///   - fraction: of all work, from 0 to 1.
  ///   - activity: what is being computed, in a few words.
  ///   - rate: such as "41 steps/s".
  func update(fraction: Double, activity: String, rate: String)
}

/// Progress that nobody watches.
public struct SilentProgress: ProgressReporting {
  public init() {}
  public func update(fraction: Double, activity: String, rate: String) {}
}
