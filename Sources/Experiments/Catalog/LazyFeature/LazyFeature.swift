import Results
import StudyRecords

/// Lazy and feature training: networks trained as α(f − f₀), from frozen kernels at large √h·α to moving features at small ones.
///
/// Source: Geiger, Spigler, Jacot & Wyart, *Disentangling feature and lazy training in deep neural networks* (1906.08034).
public enum LazyFeature: Experiment {
  public typealias Settings = LazyFeatureSettings
  public static let name = "lazy-feature"
  public static let summary = "Sweeps over α and width: lazy and feature training, fluctuations, frozen kernels."
  // Networks of other widths, scales or draws are independent of one another.
  public static let extendingSettings: Set<String> = ["widths", "alphas", "draws", "steps", "kernels", "checkpoint-seconds"]
  public static let firstRun = FirstRun(["train": "100", "test": "200", "widths": "20,60", "alphas": "1e-2,1,100"], seconds: 15)

  /// Test error against √h·α, kernel change and times: widths 100, 300, 1000, 23 values of √h·α, 10 seeds, 10,000 training points (any of
  /// the papers' data sets by `--data`).
  public static let paper = [
    "train": "10000", "test": "50000", "widths": "100,300,1000", "draws": "10", "kernel-points": "1000",
    "alphas": (-8...14).map { exponent in
      // 10^k and 3.2 · 10^k.
      "\(exponent % 2 == 0 ? "1" : "3.2")e\(exponent >> 1)"
    }.joined(separator: ","),
  ]
  /// The built-in digits are 1797.
  public static let paperNeeds = ["data": "mnist:FOLDER"]

  /// An output f of order h^-1/2 has 24 bits, and α(f − f₀) must be known to a fraction of `outputChange`.
  public static func allowsFloat32Passes(_ settings: LazyFeatureSettings) -> Bool { settings.alphas.values.allSatisfy { $0 <= 1e4 } }

  public static func excess(over settings: LazyFeatureSettings) throws -> (Record) -> Excess? {
    typealias Fields = LazyFeatureFields
    return excess(over: [
      .members("widths", Fields.width, settings.widthList), .members("alphas", Fields.alpha, settings.alphaList),
      .indices("draws", Fields.draw, below: settings.draws), .amount("draws", Fields.draws, to: settings.draws),
      .amount("steps", Fields.step, to: settings.steps), .amount("steps", Fields.steps, to: settings.steps),
      Extent { record in
        switch (record[Fields.kernel], settings.kernels) {
        case (.final?, .none), (.final?, .initial): .member("kernels", "both")
        case (.initial?, .none): .member("kernels", "initial")
        default: nil
        }
      },
    ])
  }

  public static func plan(_ settings: LazyFeatureSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try LazyFeatureStudy(settings, on: device)
  }
}
