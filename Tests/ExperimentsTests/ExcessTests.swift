import Experiments
import Results
import Testing

/// What a run holds beyond what it is now asked for, of every setting that extends one.
@Suite struct ExcessTests {
  private func excess<E: Experiment>(_ experiment: E.Type, _ recorded: String, _ asked: String) throws -> String {
    func settings(_ text: String) throws -> E.Settings { try E.Settings.parse(text.split(separator: " ").map(String.init)) }
    let engine = try Recorded.engine()
    let records = try Recorded.run(E.self, settings(recorded), on: engine)
    #expect(try records.compactMap(E.excess(over: settings(recorded))).isEmpty, "\(E.name) does not cover its own records")
    return try Excess.text(records.compactMap(E.excess(over: settings(asked))))
  }

  @Test(arguments: [
    ("--steps 8 --draws 2", ""), ("--steps 7 --draws 2", "steps 8"), ("--steps 9 --draws 1", "draws 2"), ("--steps 20 --draws 5", ""),
  ])
  func bottleneck(_ asked: String, _ expected: String) throws {
    let small = Recorded.small.joined(separator: " ") + " --bottlenecks 2,inf --compare same --stop-at 0 "
    #expect(try excess(Bottleneck.self, small + "--steps 8 --draws 2", small + asked) == expected)
    #expect(try excess(BottleneckDepth.self, small + "--steps 8 --draws 2", small + asked) == expected)
  }

  @Test(arguments: [
    ("--points 30,40 --scales 1,3", ""), ("--points 40 --scales 1,3", "points 30"), ("--points 30,40 --scales 3", "scales 1"),
    ("--points 30,40,50 --scales 1,3 --steps 3", "steps 4"),
  ])
  func bottleneckScaling(_ asked: String, _ expected: String) throws {
    let small = Recorded.small.dropFirst(2).joined(separator: " ") + " --bottlenecks 1 --compare same --twin none --stop-at 0 --steps 4 "
    #expect(try excess(BottleneckScaling.self, small + "--points 30,40 --scales 1,3", small + asked) == expected)
  }

  @Test(arguments: [
    ("--bottlenecks 2 --widths 8,16 --draws 2", ""), ("--bottlenecks 3 --widths 8,16 --draws 2", "bottlenecks 2"),
    ("--bottlenecks 2 --widths 16 --draws 2", "widths 8"), ("--bottlenecks 2 --widths 8,16,32 --draws 1", "draws 2"),
  ])
  func finiteWidth(_ asked: String, _ expected: String) throws {
    let small = "--steps 4 --readings 2 --train 5 --test 3 --times 0,4 "
    #expect(try excess(FiniteWidth.self, small + "--bottlenecks 2 --widths 8,16 --draws 2", small + asked) == expected)
  }

  @Test(arguments: [
    ("--widths 8 --alphas 1,10 --draws 2 --kernels both --steps 60", ""),
    ("--widths 9 --alphas 1,10 --draws 2 --kernels both --steps 60", "widths 8"),
    ("--widths 8 --alphas 10 --draws 2 --kernels both --steps 60", "alphas 1"),
    ("--widths 8 --alphas 1,10 --draws 1 --kernels both --steps 60", "draws 2"),
    ("--widths 8 --alphas 1,10 --draws 2 --kernels initial --steps 60", "kernels both"),
    ("--widths 8 --alphas 1,10 --draws 2 --kernels none --steps 60", "kernels both,initial"),
    ("--widths 8 --alphas 1,10 --draws 2 --kernels both --steps 59", "steps 60"),
  ])
  func lazyFeature(_ asked: String, _ expected: String) throws {
    let small =
      "--data gaussian:features=10,degree=2,count=2000,seed=3 --preparation raw --train 20 --test 10 --kernel-points 5 --seed 5 --method sgd --batch 10 "
    let recorded = "--widths 8 --alphas 1,10 --draws 2 --kernels both --steps 60"
    #expect(try excess(LazyFeature.self, small + recorded, small + asked) == expected)
  }

  @Test(arguments: [
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1,2 --widths 8,16", ""),
    ("--target-norms 1 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1,2 --widths 8,16", "target-norms 3"),
    ("--target-norms 1,3 --bottlenecks 2 --spectrum 0 --draws 2 --depths 1,2 --widths 8,16", "bottlenecks 1"),
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 1 --draws 2 --depths 1,2 --widths 8,16", "spectrum 0"),
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 1 --depths 1,2 --widths 8,16", "draws 2"),
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1 --widths 8,16", "depths 2"),
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1,2 --widths 16", "widths 8"),
    ("--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1,2 --widths 8,16 --start raw", "start centred"),
  ])
  func linearAcceleration(_ asked: String, _ expected: String) throws {
    let small = "--regression-points 12 --regression-inputs 3 --steps 5 "
    let recorded = "--target-norms 1,3 --bottlenecks 1,2 --spectrum 0 --draws 2 --depths 1,2 --widths 8,16"
    #expect(try excess(LinearAcceleration.self, small + recorded, small + asked) == expected)
  }

  @Test(arguments: [
    ("--networks 3,2+2 --widths 8,12 --members 2", ""), ("--networks 3 --widths 8,12 --members 2", "networks 2+2"),
    ("--networks 3,2+2 --widths 12 --members 2", "widths 8"), ("--networks 3,2+2 --widths 8,12 --members 1", "members 2"),
  ])
  func multilinearity(_ asked: String, _ expected: String) throws {
    let small = "--restarts 1 --iterations 3 --steps 3 --samples 1 --points 4 "
    #expect(try excess(Multilinearity.self, small + "--networks 3,2+2 --widths 8,12 --members 2", small + asked) == expected)
  }
}
