import Compute
import Datasets
import Results

/// Finite networks of growing width against the exact infinite-width limit that starts from their own functions.
///
/// Source: Littwin et al. 2021 (arXiv 2107.00364) for one bottleneck; the limit is described in `Documentation/the-limit.md`.
public enum FiniteWidth: Experiment {
  public typealias Settings = FiniteWidthSettings
  public static let name = "finite-width"
  public static let summary = "Finite networks of growing width against the exact limit with bottlenecks: errors, kernels, sensitivity."
  // Networks, widths and draws are independent of one another.
  public static let extendingSettings: Set<String> = ["bottlenecks", "widths", "draws", "memory"]

  /// One bottleneck up to width 16384, at a higher rate and on inputs as they are drawn.
  public static let paper = [
    "bottlenecks": "2", "widths": "256,512,1024,2048,4096,8192,16384", "rate": "0.7", "steps": "300", "times": "0,20,100,300",
    "preparation": "raw",
  ]

  /// Distances down to 10⁻⁶, those of the twins, are compared.
  public static func allowsFloat32Passes(_ settings: FiniteWidthSettings) -> Bool { false }

  public static func excess(over settings: FiniteWidthSettings) throws -> (Record) -> Excess? {
    let (chains, widths) = (Set(try settings.chains().map(\.description)), Set(settings.widths.values.map(Double.init)))
    return { record in
      if let chain = record.string("bottlenecks"), !chains.contains(chain) { return .member("bottlenecks", chain) }
      if let width = record.number("width"), !widths.contains(width) { return .member("widths", width) }
      if let draw = record.number("draw"), draw >= Double(settings.draws) { return .amount("draws", draw + 1) }
      return nil
    }
  }

  public static func plan(_ settings: FiniteWidthSettings, on engine: Engine, passEngine: Engine) throws -> any ExperimentPlan {
    try settings.checkAll()
    guard passEngine.precision == .float64 else {
      throw ExperimentError.invalidSetting(
        name: "precision", expected: "float64, in which perturbations of 1e-6 are told apart", got: "\(passEngine.precision)")
    }
    return try FiniteWidthPlan(settings, loaded: DataSource.parse(settings.data).load(), on: engine)
  }
}
