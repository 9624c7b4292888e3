import Results

/// Tells a running experiment that it is to end before its time, or to save where it stands.
///
/// An experiment need not ask: at any time but between `beginSteps` and `endSteps` it may be ended at once, and loses what it has not
/// recorded. Work in steps, of which many would be lost, goes through `RunContext.steps`.
public protocol RunControl: Sendable {
  /// Begins a section in which an end waits for the end of a step.
  func beginSteps()
  /// Ends the section that `beginSteps` began: an end need not wait any more.
  func endSteps()
  /// What is asked for now.
  var request: RunRequest? { get }
  /// The run has saved as it was asked to, or could not: then it ends with that error.
  func answer(isSaved: Bool)
}

/// What can be asked of a running experiment.
public enum RunRequest: Sendable {
  /// Save and go on.
  case save
  /// Save and end.
  case stop
}

/// An experiment ended because it was asked to; what it had computed is saved.
public struct RunStopped: Error, CustomStringConvertible {
  public init() {}
  public var description: String { "the run was ended before its time" }
}

/// Nothing is ever asked for.
public struct NoControl: RunControl {
  public init() {}
  public func beginSteps() {}
  public func endSteps() {}
  public var request: RunRequest? { nil }
  public func answer(isSaved: Bool) {}
}

extension RunContext {
  /// Runs `body`, which calls `stepEnded` after each of its steps.
  public func steps<Value>(_ body: () throws -> Value) throws -> Value {
    control.beginSteps()
    defer { control.endSteps() }
    return try body()
  }

  /// Saves where that is asked for.
  ///
  /// - Throws: `RunStopped` after saving where the run is to end.
  public func stepEnded(save: () throws -> Void) throws {
    guard let request = control.request else { return }
    do {
      try save()
    } catch {
      control.answer(isSaved: false)
      throw error
    }
    control.answer(isSaved: true)
    if request == .stop { throw RunStopped() }
  }
}
