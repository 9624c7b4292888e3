import Figures
import Results
import Statistics
import StudyRecords

private typealias Fields = LazyFeatureFields

extension RunReport {
  /// Test error, fluctuations, times and changes for every width and √h·α of the experiment `lazy-feature`.
  ///
  /// Its figures are `test-error` (against √h·α and against α = √h·α/√h, ensembles and initial kernels beside it, and its collapse),
  /// `width` (test error and fluctuations against h), `kernel-change`, `half-time`, `weights`, `dynamics` (movement of the function in
  /// units of the half time) and `loss`.
  public static let lazyFeature = RunReport("lazy-feature", rowKeys: ["width", "alpha"], table: table, figures: LazyFeatureFigures.figures)

  /// Medians over draws, means of errors; then a row for the initial kernels of every width.
  private static func table(_ runs: LazyFeatureRuns) -> ReportTable {
    var table = ReportTable(
      keys: 2, note: "Means of errors, medians of the rest over draws; – where not measured.",
      columns: [
        .column("h", "width of the hidden layers, channels of a convolutional network"),
        .column("√h·α", "scale of the output; kernel: linear models with the kernels at the start, for any scale"),
        .column("networks", "networks that have ended"), .column("converged", "those with every margin reached"),
        .column("error %", "fraction of wrong signs on test points, in %"),
        .column("ensemble %", "that of the mean of all networks' functions"),
        .column("h·Var", "h times the variance of α(f − f₀) over draws, mean over test points"),
        .column("t½/h", "time when the loss first was below half of that of F = 0, over h"),
        .column("|ΔΘ|/|Θ₀|", "relative change of the tangent kernel"),
        .column("√h|Δw|/|w₀|", "√h times the relative change of the weights"), .column("steps", Fields.steps),
      ])
    for own in runs.cells {
      let converged = own.networks.count { $0.end?[Fields.status] == .converged }
      let testError = MeanEstimate(own.ends(Fields.testError))?.mean, ensembleError = own.ensemble?[Fields.testError]
      let variance = own.ensemble?[Fields.variance].map { $0 * own.width }
      let halfTime = Quartiles(own.ends(Fields.halfTime)).median.map { $0 * (1 / own.width) }
      let kernelChange = Quartiles(own.ends(Fields.kernelChange)).median
      let weightChange = Quartiles(own.ends(Fields.weightChange)).median.map { $0 * own.width.squareRoot() }
      let steps = Quartiles(own.networks.compactMap { $0.end?.number(Fields.steps) }).median
      table.add(
        [
          cell(own.width, "%.0f"), cell(own.alpha, "%g"), "\(own.networks.count)", "\(converged)", cell(testError, "%.2f", times: 100),
          cell(ensembleError, "%.2f", times: 100), cell(variance, "%.3g"), cell(halfTime, "%.3g"), cell(kernelChange, "%.3g"),
          cell(weightChange, "%.3g"), cell(steps, "%.0f"),
        ],
        [
          "width": own.width, "alpha": own.alpha, "networks": own.networks.count, "converged": converged, "testError": testError,
          "ensembleTestError": ensembleError, "scaledVariance": variance, "scaledHalfTime": halfTime, "kernelChange": kernelChange,
          "scaledWeightChange": weightChange, "steps": steps,
        ])
    }
    for (width, errors) in runs.initialKernelErrors.sorted(by: { $0.key < $1.key }) {
      let error = cell(MeanEstimate(errors)?.mean, "%.2f", times: 100)
      table.add([cell(width, "%.0f"), "kernel", "\(errors.count)", "–", error] + [String](repeating: "–", count: 6))
    }
    return table
  }
}
