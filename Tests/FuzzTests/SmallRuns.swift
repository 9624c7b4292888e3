import Foundation
import Results

/// A finished run of every experiment, made once, to be damaged.
struct SmallRuns {
  struct Run {
    let experiment: String
    /// The command that made it, and that continues it.
    let arguments: [String]
    let directory: URL
    let records: [Record]
  }

  let runs: [Run]
  private let sandbox: Sandbox

  private static let settings = [
    "bottleneck": "--train 12 --test 6 --bottlenecks 1,2,inf --draws 1 --steps 10 --compare same --twin none",
    "bottleneck-depth": "--train 12 --test 6 --bottlenecks 1,1x1 --draws 1 --steps 5",
    "bottleneck-scaling": "--points 12,20 --test 6 --scales 1 --bottlenecks 1,inf --draws 1 --steps 5",
    "lazy-feature": "--train 20 --test 10 --widths 5 --alphas 1,10 --draws 1 --steps 20 --kernels none",
    "linear-acceleration":
      "--draws 1 --target-norms 1 --bottlenecks 1 --depths 2 --powers 2 --widths 8 --steps 10 --regression-points 10",
    "multilinearity":
      "--widths 8,16 --members 2 --steps 20 --samples 2 --iterations 20 --networks 2+2 --orders 2",
    "finite-width": "--train 12 --test 6 --bottlenecks 1 --widths 16,32 --draws 1 --steps 5",
  ]

  /// - Parameter experiments: nil makes all.
  init(_ program: Program, _ experiments: [String]? = nil) throws {
    sandbox = try Sandbox()
    let settings = SmallRuns.settings.filter { experiments?.contains($0.key) ?? true }
    runs = try settings.sorted { $0.key < $1.key }.map { [sandbox] experiment, settings in
      let arguments =
        ["run", experiment] + settings.split(separator: " ").map(String.init)
        + ["--device", "cpu", "--results", "results", "--no-plots", "--quiet"]
      let child = try program.run(arguments, in: sandbox)
      guard child.end == .exit(0) else { throw Failure(experiment: experiment, message: String(decoding: child.errors, as: UTF8.self)) }
      let folder = sandbox.work.appendingPathComponent("results/\(experiment)")
      let name = try FileManager.default.contentsOfDirectory(atPath: folder.path).first ?? ""
      let directory = folder.appendingPathComponent(name)
      return Run(experiment: experiment, arguments: arguments, directory: directory, records: try RunRecords.read(directory))
    }
  }

  struct Failure: Error {
    let experiment: String
    let message: String
  }
}
