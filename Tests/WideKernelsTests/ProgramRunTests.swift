import Testing
import WideKernels

@Suite struct ProgramRunTests {
  private static let affine = CovarianceProgram.Element.affine(weightVariance: 2, biasVariance: 0.5)
  private static let other = CovarianceProgram.Element.affine(weightVariance: 1, biasVariance: 0)
  private static let relu = CovarianceProgram.Element.activation(.relu)
  private static let erf = CovarianceProgram.Element.activation(.erf)

  private func times(_ count: Int, _ steps: CovarianceProgram.Element...) -> [CovarianceProgram.Element] {
    Array(repeating: steps, count: count).flatMap { $0 }
  }

  private func shape(_ steps: [CovarianceProgram.Element], _ fewest: Int = 3) -> [[Int]] {
    CovarianceProgram(chain: steps).runs(repeating: fewest).map { [$0.program.elements.count, $0.repeats, $0.firstLevel] }
  }

  @Test func layersThatComeAgainAreOneRun() {
    #expect(shape(times(4, Self.affine, Self.relu) + [Self.other]) == [[2, 4, 0], [1, 1, 4]])
    #expect(shape([Self.other, Self.erf] + times(3, Self.affine, Self.relu)) == [[2, 1, 0], [2, 3, 1]])
    #expect(shape(times(3, Self.affine, Self.relu, Self.affine, Self.erf)) == [[4, 3, 0]], "two activations in turn")
    #expect(shape(times(5, Self.affine)) == [[1, 5, 0]], "a deep linear network")
    #expect(shape(times(2, Self.affine, Self.relu)) == [[4, 1, 0]], "too few")
    #expect(shape(times(3, Self.affine, Self.relu) + times(3, Self.other, Self.erf)) == [[2, 3, 0], [2, 3, 3]])
    #expect(shape([]) == [[0, 1, 0]])
  }

  /// Whatever is found, the runs one after the other are the program.
  @Test func runsAreTheProgram() {
    let steps = [Self.affine, Self.other, Self.relu, Self.erf]
    for number in 0..<500 {
      // A few steps of a number's digits, some of them several times.
      let digits = (0..<4).map { (number * 7 + number / (1 << $0)) % 4 }
      let program = CovarianceProgram(
        chain: digits.flatMap { times(1 + ($0 + number) % 5, steps[$0], steps[digits[($0 + 1) % 4]]) })
      for fewest in 0...4 {
        let runs = program.runs(repeating: fewest)
        var (levels, all) = (0, [CovarianceProgram.Element]())
        for run in runs {
          #expect(run.firstLevel == levels && (run.repeats == 1 || run.repeats >= max(fewest, 2)))
          all += Array(repeating: run.program.elements, count: run.repeats).flatMap { $0 }
          levels += run.program.levelCount * run.repeats
        }
        #expect(CovarianceProgram(chain: all) == program && levels == program.levelCount)
      }
    }
  }
}
