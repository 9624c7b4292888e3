/// What `gemm` asks of a program that multiplies matrices: C = A·op(B), row-major, `batch` times.
public struct ProductRequest: Decodable {
  public enum Action: String, Decodable {
    /// Reads `a` `[batch, m, k]` and `b` `[batch, k, n]` (transposed: `[batch, n, k]`) from `folder`.
    case load
    /// Computes C `repeats` times.
    case run
    /// Writes C to `file`.
    case write
  }
  public struct Problem: Decodable {
    public var folder: String
    public var isSingle: Bool
    public var m, n, k, batch: Int
    public var transposeB: Bool
  }
  public var action: Action
  public var problem: Problem?
  public var repeats: Int?
  public var file: String?

  public var loaded: Problem {
    get throws {
      guard let problem else { throw Exchange.Failure.request("load without a problem") }
      return problem
    }
  }
}
