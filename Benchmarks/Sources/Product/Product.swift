import Exchange
import Foundation
import Isthmus

/// C = A·op(B) on one device of Isthmus, for `gemm`. `Product DEVICE`.
@main struct Product {
  private struct Loaded {
    var engine: Engine
    var operation: GEMM
    var a, b, c: Tensor
  }

  static func main() throws {
    guard CommandLine.arguments.count == 2 else { throw Exchange.Failure.usage("Product DEVICE") }
    let backend = try BackendCatalog.backend(named: CommandLine.arguments[1])
    try Exchange.answer(["device": backend.device.name, "driver": backend.device.driver])
    var loaded: Loaded?
    try Exchange.serve(ProductRequest.self) { request in
      switch (request.action, loaded) {
      case (.load, _):
        loaded = nil
        loaded = try load(request.loaded, on: backend)
        return [:]
      case (.run, let loaded?):
        let time = try ContinuousClock().measure {
          for _ in 0..<(request.repeats ?? 1) { try loaded.engine.gemm(loaded.operation, loaded.a, loaded.b, into: loaded.c) }
          try loaded.engine.synchronize()
        }
        return ["seconds": "\(time / .seconds(1))"]
      case (.write, let loaded?):
        let isSingle = loaded.engine.precision == .float32
        try Exchange.write(loaded.engine.read(loaded.c), isSingle: isSingle, to: URL(filePath: request.file ?? ""))
        return [:]
      default: throw Exchange.Failure.request("\(request)")
      }
    }
  }

  private static func load(_ problem: ProductRequest.Problem, on backend: any Backend) throws -> Loaded {
    let engine = try Engine(backend, precision: problem.isSingle ? .float32 : .float64)
    func matrices(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
      let file = URL(filePath: problem.folder).appending(path: name)
      let count = problem.batch * rows * columns
      return try engine.tensor(
        Exchange.numbers(file, count: count, isSingle: problem.isSingle), batch: problem.batch, rows: rows, columns: columns)
    }
    return Loaded(
      engine: engine, operation: GEMM(transposeB: problem.transposeB), a: try matrices("a", problem.m, problem.k),
      b: try problem.transposeB ? matrices("b", problem.n, problem.k) : matrices("b", problem.k, problem.n),
      c: try engine.empty(batch: problem.batch, rows: problem.m, columns: problem.n))
  }
}
