import Figures
import Foundation
import Testing

@Suite struct AxisTicksTests {
  private func labels(_ axis: Axis, _ values: [Double]) throws -> [String] {
    let fit = try #require(AxisFit(axis, values: values)), ticks = try #require(fit.ticks)
    return ticks.map(\.label).filter { !$0.isEmpty }.map(\.description)
  }

  @Test(arguments: [1e-12...1e9, 1...4000, 0.02...0.9, 0.3...0.31, 5...5, 1e-5...1e-3, 21...34, 1e-7...1.1e-7, 6...9, 1e-200...1e200])
  func logarithmicAxesHaveReadableTicks(_ data: ClosedRange<Double>) throws {
    let fit = try #require(AxisFit(Axis("x", scale: .log), values: [data.lowerBound, data.upperBound]))
    let labels = try #require(fit.ticks).map(\.label).filter { !$0.isEmpty }
    #expect((2...12).contains(labels.count), "\(data): \(labels)")
    #expect(Set(labels).count == labels.count)
    #expect(fit.range.contains(data.lowerBound) && fit.range.contains(data.upperBound))
  }

  @Test func ticksWithinADecadeHaveText() throws {
    #expect(try labels(Axis("x", scale: .log, range: 1.5...7), [2, 6]) == ["2", "5"])
    #expect(try labels(Axis("x", scale: .log, range: 0.15...1.2), [0.2, 1]) == ["0.2", "0.5", "1"])
    #expect(try labels(Axis("x", scale: .log, range: 1.5e-5...7e-5), [2e-5]) == ["2·10^−5", "5·10^−5"])
  }

  @Test func decadesAreThinned() throws {
    #expect(try labels(Axis("x", scale: .log, range: 0.5...2000), [1]) == ["1", "10", "100", "1000"])
    let many = try labels(Axis("x", scale: .log, range: 1e-20...1e20), [1])
    #expect((3...8).contains(many.count) && many.contains("10^0") || many.contains("1"), "\(many)")
  }

  @Test func valuesThatAreGivenHaveATick() throws {
    var axis = Axis("width", scale: .log)
    axis.ticks = [64, 256, 1024]
    #expect(try labels(axis, [64, 1024]) == ["64", "256", "1024"])
    axis.ticks = [100, 101, 102, 1000]
    #expect(try labels(axis, [100, 1000]) == ["100", "1000"], "where there is room")
  }

  @Test func linearAxesHaveRoundNumbers() throws {
    #expect(try labels(Axis("x", range: -1...1), [0]) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(try labels(Axis("x", range: 0...1e7), [1]).allSatisfy { !$0.contains("e") })
  }
}
