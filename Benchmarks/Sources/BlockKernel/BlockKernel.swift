import Exchange
import Foundation
import Isthmus

/// NNGP and tangent kernel of an infinitely wide ReLU network on one device of Isthmus, for `kernels`. `BlockKernel DEVICE`.
@main struct BlockKernel {
  private struct Request: Decodable {
    enum Action: String, Decodable {
      /// Reads `x` `[points, width]` from the problem's folder.
      case load
      /// Computes both kernels `[points, points]`, `repeats` times.
      case run
      /// Writes them as `nngp` and `ntk` to `folder`, in the problem's precision.
      case write
    }
    struct Problem: Decodable {
      var folder: String
      var isSingle: Bool
      var points, width: Int
      /// ReLU layers, each after an affine one; one more affine one follows.
      var depth: Int
      var weightVariance, biasVariance: Double
    }
    var action: Action
    var problem: Problem?
    var repeats: Int?
    var folder: String?
  }

  private struct Loaded {
    var engine: Engine
    var program: CovarianceProgram
    var x: Tensor
    var kernels: (nngp: Tensor?, ntk: Tensor?)
  }

  static func main() throws {
    guard CommandLine.arguments.count == 2 else { throw Exchange.Failure.usage("BlockKernel DEVICE") }
    let backend = try BackendCatalog.backend(named: CommandLine.arguments[1])
    try Exchange.answer(["device": backend.device.name, "driver": backend.device.driver])
    var loaded: Loaded?
    try Exchange.serve(Request.self) { request in
      switch (request.action, request.problem, loaded) {
      case (.load, let problem?, _):
        loaded = try load(problem, on: backend)
        return [:]
      case (.run, _, var current?):
        loaded = nil
        let time = try ContinuousClock().measure {
          for _ in 0..<(request.repeats ?? 1) {
            current.kernels = (nil, nil)
            current.kernels = try current.engine.kernel(current.program, current.x)
          }
          try current.engine.synchronize()
        }
        loaded = current
        return ["seconds": "\(time / .seconds(1))"]
      case (.write, _, let current?):
        for (name, kernel) in [("nngp", current.kernels.nngp), ("ntk", current.kernels.ntk)] {
          guard let kernel, let folder = request.folder else { throw Exchange.Failure.request("write before run") }
          let file = URL(filePath: folder).appending(path: name)
          try Exchange.write(current.engine.read(kernel), isSingle: kernel.precision == .float32, to: file)
        }
        return [:]
      default: throw Exchange.Failure.request("\(request)")
      }
    }
  }

  private static func load(_ problem: Request.Problem, on backend: any Backend) throws -> Loaded {
    let engine = try Engine(backend, precision: problem.isSingle ? .float32 : .float64)
    let file = URL(filePath: problem.folder).appending(path: "x")
    let x = try engine.tensor(
      Exchange.numbers(file, count: problem.points * problem.width, isSingle: problem.isSingle), rows: problem.points,
      columns: problem.width)
    let layer: [CovarianceProgram.Element] = [
      .affine(weightVariance: problem.weightVariance, biasVariance: problem.biasVariance), .activation(.relu),
    ]
    let steps = (0..<problem.depth).flatMap { _ in layer } + [.affine(weightVariance: 1, biasVariance: 0)]
    return Loaded(engine: engine, program: CovarianceProgram(chain: steps), x: x, kernels: (nil, nil))
  }
}
