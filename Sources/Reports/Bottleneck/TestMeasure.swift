import Results
import Statistics
import StudyRecords

/// What tells how good networks are at test points: the share of wrong answers, or of regression, where no answer is wrong, the mean loss.
enum TestMeasure: Sendable {
  case error, loss

  /// - Parameter runs: of one experiment.
  init(_ runs: some Sequence<BottleneckRun>) {
    var hasLoss = false
    for run in runs {
      if run.finalTestError != nil {
        self = .error
        return
      }
      hasLoss = hasLoss || run.finalTestLoss != nil
    }
    self = hasLoss ? .loss : .error
  }

  private typealias Fields = BottleneckFields

  /// Column of where training ends.
  var head: TextTable.Column {
    self == .error ? .column("error %", Fields.finalTestError.legend + ", in %") : .column("test loss", Fields.finalTestLoss)
  }
  /// Column of the best reading.
  var bestHead: TextTable.Column {
    self == .error
      ? .column("best %", "the least of them at any reading, in %") : .column("best loss", "the least of them at any reading")
  }
  /// Column of where training ends, or would end.
  var convergedHead: TextTable.Column {
    self == .error
      ? .column("error %", Fields.finalTestError.legend + ", in %; for d = ∞ solved where training would never end") : head
  }
  /// Name of the figure's file.
  var figureName: String { self == .error ? "test-error" : "test-loss" }
  /// Title of a figure.
  var title: String { self == .error ? "Test error" : "Test loss" }
  /// Label of an axis.
  var label: String { self == .error ? "test error (%)" : "test loss" }
  /// Factor of what is shown.
  var factor: Double { self == .error ? 100 : 1 }

  func final(_ run: BottleneckRun) -> Double? { self == .error ? run.finalTestError : run.finalTestLoss }
  func best(_ run: BottleneckRun) -> Double? { self == .error ? run.bestTestError : run.bestTestLoss }

  /// A cell of a table.
  func text(_ quartiles: Quartiles) -> String { cell(quartiles, self == .error ? "%.1f" : "%.3g", times: factor) }
}
