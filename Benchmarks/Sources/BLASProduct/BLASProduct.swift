import Dispatch
import Exchange
import Foundation

/// C = A·op(B) by the BLAS of a shared library, for `gemm`; batches by a loop. `BLASProduct LIBRARY LOOPS`.
///
/// LOOPS: threads among which the items of a batch are split; how many threads a product has is the library's own setting.
@main struct BLASProduct {
  private struct Loaded {
    var problem: ProductRequest.Problem
    var a, b, c: UnsafeMutableRawBufferPointer

    func free() { for matrices in [a, b, c] { matrices.deallocate() } }
  }

  static func main() throws {
    guard CommandLine.arguments.count == 3, let loops = Int(CommandLine.arguments[2]), loops > 0 else {
      throw Exchange.Failure.usage("BLASProduct LIBRARY LOOPS")
    }
    let blas = try CBLAS(CommandLine.arguments[1])
    try Exchange.answer(["configuration": blas.configuration, "coreType": blas.coreType])
    var loaded: Loaded?
    try Exchange.serve(ProductRequest.self) { request in
      switch (request.action, loaded) {
      case (.load, _):
        loaded?.free()
        loaded = nil
        loaded = try load(request.loaded)
        return [:]
      case (.run, let loaded?):
        let time = ContinuousClock().measure {
          for _ in 0..<(request.repeats ?? 1) { multiply(loaded, blas, loops: loops) }
        }
        return ["seconds": "\(time / .seconds(1))"]
      case (.write, let loaded?):
        try Data(loaded.c).write(to: URL(filePath: request.file ?? ""))
        return [:]
      default: throw Exchange.Failure.request("\(request)")
      }
    }
  }

  private static func load(_ problem: ProductRequest.Problem) throws -> Loaded {
    func matrices(_ name: String?, _ count: Int) throws -> UnsafeMutableRawBufferPointer {
      let size = problem.isSingle ? 4 : 8
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: problem.batch * count * size, alignment: 64)
      guard let name else { return memory }
      let file = URL(filePath: problem.folder).appending(path: name)
      memory.copyBytes(from: try Exchange.bytes(file, of: memory.count, UInt8.self))
      return memory
    }
    return Loaded(
      problem: problem, a: try matrices("a", problem.m * problem.k), b: try matrices("b", problem.k * problem.n),
      c: try matrices(nil, problem.m * problem.n))
  }

  private static func multiply(_ loaded: Loaded, _ blas: CBLAS, loops: Int) {
    let batch = loaded.problem.batch
    nonisolated(unsafe) let gemm = blas.multiply(isSingle: loaded.problem.isSingle, transposeB: loaded.problem.transposeB)
    guard loops > 1, batch > 1 else { return multiply(loaded, gemm, items: 0..<batch) }
    nonisolated(unsafe) let loaded = loaded
    DispatchQueue.concurrentPerform(iterations: loops) { part in
      multiply(loaded, gemm, items: part * batch / loops..<(part + 1) * batch / loops)
    }
  }

  private static func multiply(_ loaded: Loaded, _ gemm: CBLAS.Multiply, items: Range<Int>) {
    let (m, n, k) = (loaded.problem.m, loaded.problem.n, loaded.problem.k)
    let size = loaded.problem.isSingle ? 4 : 8
    guard let a = loaded.a.baseAddress, let b = loaded.b.baseAddress, let c = loaded.c.baseAddress else { return }
    for item in items { gemm(m, n, k, a + item * m * k * size, b + item * k * n * size, c + item * m * n * size) }
  }
}
