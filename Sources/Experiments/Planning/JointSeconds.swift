/// Seconds of equal work that is done together: of one piece, of the most that go together, and in proportion between the two.
struct JointSeconds {
  private let most: Int
  private let one, all: Double

  init(most: Int, _ seconds: (Int) throws -> Double) rethrows {
    self.most = most
    one = try seconds(1)
    all = most > 1 ? try seconds(most) : one
  }

  func callAsFunction(_ count: Int) -> Double { most > 1 ? one + (all - one) * Double(count - 1) / Double(most - 1) : one }
}
