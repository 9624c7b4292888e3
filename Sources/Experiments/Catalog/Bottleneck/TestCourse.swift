import StudyRecords

/// How a run has fared at the test points: where it stands, and its best.
struct TestCourse {
  private typealias Fields = BottleneckFields

  private struct Values {
    var last, best: Double?

    mutating func add(_ value: Double?) {
      guard let value else { return }
      (last, best) = (value, min(best ?? value, value))
    }
  }

  private var errors = Values(), losses = Values()

  mutating func add(error: Double?, loss: Double?) {
    errors.add(error)
    losses.add(loss)
  }

  /// This course with the last values of another one.
  func ending(as other: TestCourse) -> TestCourse {
    var course = self
    (course.errors.last, course.losses.last) = (other.errors.last, other.losses.last)
    return course
  }

  /// What the last line of a run has of it: errors, of regression also losses.
  func entries(_ data: ChainData) -> [Entry] {
    let errors = [Fields.finalTestError(errors.last), Fields.bestTestError(errors.best)]
    return data.decision == .none ? errors + [Fields.finalTestLoss(losses.last), Fields.bestTestLoss(losses.best)] : errors
  }
}
