import Foundation
import Statistics
import Testing

@Suite struct StatisticsTests {
  @Test func quartilesCountWhatIsNotReachedAsLarge() {
    #expect(Quartiles([3, 1, 2]) == Quartiles([1, 2, 3]))
    #expect(Quartiles([1, 2, 3, 4]).median == 2.5)
    #expect(Quartiles([1, 2, 3, 4]).lower == 1.75)
    #expect(Quartiles([1, 2, nil]).median == 2)
    #expect(Quartiles([1, 2, nil]).upper == nil)
    #expect(Quartiles([1, nil]).median == nil)
    #expect(Quartiles([]).median == nil)
  }

  @Test func aMeanHasItsStandardError() throws {
    let mean = try #require(MeanEstimate([1, 2, 6]))
    #expect(mean.mean == 3 && mean.error.map { abs($0 - (7.0 / 3).squareRoot()) < 1e-15 } == true, "\(mean)")
    #expect(MeanEstimate([4])?.error == nil && MeanEstimate([]) == nil)
  }

  @Test func aPowerLawIsFoundAgain() throws {
    let law = try #require(PowerLaw([100.0, 300, 1000].map { ($0, 3 * pow($0, 0.35)) }))
    #expect(abs(law.exponent - 0.35) < 1e-12 && abs(law.factor - 3) < 1e-11)
    #expect(PowerLaw([(2, 3)]) == nil && PowerLaw([(2, 3), (2, 4)]) == nil && PowerLaw([]) == nil)
  }

  @Test func slopesAreFoundAgain() throws {
    let exact = try #require(WidthSlope([100, 400, 1600].map { ($0, [3 / Double($0).squareRoot(), 3 / Double($0).squareRoot()]) }))
    #expect(abs(exact.exponent + 0.5) < 1e-12 && exact.standardError == 0 && exact.text == "−0.50 ± 0.00")
    // Two widths: the error of the slope is that of the difference of two medians over the distance in log width.
    let two = try #require(WidthSlope([(1, [1, exp(2)]), (10, [1, exp(2)])]))
    // Deviation √2 of the logarithms of each pair.
    let expected = (2 * Double.pi / 2 * 2 / 2).squareRoot() / log(10)
    #expect(two.standardError.map { abs($0 - expected) < 1e-12 } == true, "\(two) against \(expected)")
    #expect(WidthSlope([(100, [1])]) == nil && WidthSlope([(100, [1]), (200, [2])])?.standardError == nil)
  }

  @Test func drawsAreInterpolatedAndKeepTheirLastValue() {
    let curves: [DrawSummary.Curve] = [[(1, 1), (100, 0.01)], [(1, 1), (10, 0.1), (1000, 0.001)]]
    let log = DrawSummary(curves, isLog: true)
    #expect(log.medians.map(\.step) == [1, 10, 100, 1000])
    #expect(zip(log.medians, [1, 0.1, 0.01, 0.0055]).allSatisfy { abs($0.value - $1) < 1e-12 }, "\(log.medians)")
    #expect(abs(log.quartiles[3].lower - 0.00325) < 1e-12)
    let linear = DrawSummary([[(2, 1), (4, 3)], [(3, 10)]], isLog: false)
    #expect(linear.medians.map(\.step) == [2, 3, 4] && linear.medians.map(\.value) == [1, 6, 6.5])
  }
}
