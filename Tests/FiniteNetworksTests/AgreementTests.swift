import Compute
import FiniteNetworks
import Testing
import WideKernels

/// A training run on two devices, and twice on one.
@Suite struct AgreementTests {
  private static let steps = 40
  private static let rate = 0.3

  private struct Run {
    let engine: Engine
    let network: FiniteNetwork
    let objective: Objective

    init(_ engine: Engine) throws {
      let architecture = try Samples.chain()
      network = try Samples.network(architecture, members: 1, on: engine)
      let targets = try engine.converted(
        engine.with(precision: .float64).tensor(
          RandomStream(seed: Samples.seed, name: "targets").normals(10 * 3), rows: 10, columns: 3))
      objective = try Objective(
        .squared, inputs: Samples.points(architecture, 10, on: engine), targets: targets, alpha: [1], on: engine)
      self.engine = engine
    }

    /// Parameters after every step; `shift` times a fixed direction is added before step `at`.
    func trajectory(shift: Double = 0, at shifted: Int = 0) throws -> [[Double]] {
      let copy = try network.copy()
      var descent = try GradientDescent(rates: [AgreementTests.rate])
      var states: [[Double]] = []
      for step in 0..<AgreementTests.steps {
        if shift != 0, step == shifted {
          let direction = try Samples.direction(network, "rounding/\(step)")
          try engine.map(.addScaled(shift), [copy.parameters, direction], into: copy.parameters)
        }
        _ = try descent.step(copy, objective)
        states.append(try engine.read(copy.parameters))
      }
      return states
    }
  }

  private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  private func difference(_ a: [Double], _ b: [Double]) -> Double { a.count == b.count ? norm(zip(a, b).map { $0 - $1 }) : .nan }

  @Test func aRunGivesTheSameNumbersTwice() throws {
    for double in try Samples.engines() {
      for precision in double.device.precisions {
        let engine = try double.with(precision: precision)
        #expect(try Run(engine).trajectory() == Run(engine).trajectory(), "\(engine.device.identifier) \(precision)")
      }
    }
  }

  /// Devices round differently in every step, and what they have rounded grows or shrinks with the steps after it.
  ///
  /// One step's rounding: rate · γ_k |gradient|, with k the additions and multiplications that one entry passes through, and 30 for the
  /// cancellation in sums of terms of both signs (Σ|terms|/|Σ terms|, at most 20 here). Its growth from step s to t is measured: that of a
  /// random perturbation put in at s. The bound is the sum over s of both, times 3 for perturbations less average than a random one.
  @Test func devicesAgreeWithinABoundThatGrowsWithTheSteps() throws {
    let engines = try Samples.engines()
    let reference = try Run(#require(engines.first { $0.device.backend == "reference" }))
    let expected = try reference.trajectory()
    let start = try reference.engine.read(reference.network.parameters)
    let size = 1e-7
    let shifted = try (0..<Self.steps).map { try reference.trajectory(shift: size, at: $0) }
    let direction = try norm(reference.engine.read(Samples.direction(reference.network, "rounding/0")))
    for double in engines {
      for precision in double.device.precisions where precision == .float64 || double.device.backend != "reference" {
        let engine = try double.with(precision: precision)
        let got = try Run(engine).trajectory()
        var worst = 0.0
        for t in 0..<Self.steps {
          // Layers of 5, 7, 7, 2 and 7 inputs forward and back, 10 points.
          let gamma = Double(2 * (5 + 7 + 7 + 2 + 7) + 10) * precision.unitRoundoff
          // Rounding the start to float32.
          var bound = precision.unitRoundoff * norm(start) * difference(shifted[0][t], expected[t]) / (size * direction)
          for s in 0...t {
            let step = difference(expected[s], s == 0 ? start : expected[s - 1])
            // The update itself is rounded to the parameters' precision.
            let local = 30 * gamma * step + precision.unitRoundoff * norm(expected[s])
            bound += local * difference(shifted[s][t], expected[t]) / (size * direction)
          }
          let share = difference(got[t], expected[t]) / (3 * bound)
          if !(share <= worst) { worst = share.isNaN ? .infinity : share }
        }
        #expect(worst <= 1, "\(engine.device.identifier) \(precision): \(worst) of the bound")
        // The bound says something: it is far below the distance trained.
        if precision == .float64 { #expect(worst < 1 && difference(expected[Self.steps - 1], start) > 1e-3) }
        print("agreement: \(engine.device.identifier) \(precision): \(worst) of the bound after \(Self.steps) steps, seed \(Samples.seed)")
      }
    }
  }
}
