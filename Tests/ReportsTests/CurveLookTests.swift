import Figures
import Foundation
import Reports
import StudyRecords
import Testing

@Suite struct CurveLookTests {
  @Test func aWidthHasOneLookWhateverElseIsDrawn() throws {
    let octaves = (0..<18).map { CurveLook.width(exp2(Double($0))) }
    #expect(Set(octaves.map(\.color)).count == octaves.count, "no two powers of two have one colour")
    #expect(octaves.prefix(6).map(\.color) == Color.palette)
    #expect(zip(octaves, octaves.dropFirst()).allSatisfy { $0.symbol != $1.symbol }, "neighbours differ without colour too")
    #expect(!octaves.contains { $0.color == .black }, "black is d = ∞")
    let label = try #require(BottleneckLabel("8"))
    #expect(CurveLook.network(label) == CurveLook.width(8))
  }

  @Test func networksOfEqualColourDifferInDashesOrSymbol() throws {
    let labels = try ["2", "2x2", "2x4", "2x2x2", "2x2x2x2", "inf", "inf/2"].map { try #require(BottleneckLabel($0)) }
    let looks = labels.map { "\(CurveLook.network($0))" }
    #expect(Set(looks).count == looks.count, "\(looks)")
  }
}
