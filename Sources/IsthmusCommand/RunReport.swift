import Figures
import Foundation
import Reports
import Results

/// Table and figures of one experiment, made from the files of a run alone.
struct RunReport: Sendable {
  let figures: any RunFigures.Type
  let table: @Sendable (_ directory: URL) throws -> any RunTable

  var experiment: String { figures.experiment }

  init(_ figures: any RunFigures.Type, table: @escaping @Sendable (_ directory: URL) throws -> any RunTable) {
    (self.figures, self.table) = (figures, table)
  }
}

/// The experiments that have a report. One without is recorded all the same.
enum ReportCatalog {
  private static let all = [
    RunReport(BottleneckFigures.self) { BottleneckTable(try BottleneckRuns(reading: $0)) },
    RunReport(BottleneckDepthFigures.self) { BottleneckDepthTable(try BottleneckRuns(reading: $0)) },
    RunReport(BottleneckScalingFigures.self) { try BottleneckScalingTable(reading: $0) },
    RunReport(LazyFeatureFigures.self) { LazyFeatureTable(try LazyFeatureRuns(reading: $0)) },
    RunReport(LinearAccelerationFigures.self) { try LinearAccelerationTable(reading: $0) },
    RunReport(MultilinearityFigures.self) { MultilinearityTable(try MultilinearityMeasurements(reading: $0)) },
    RunReport(FiniteWidthFigures.self) { FiniteWidthTable(try FiniteWidthRuns(reading: $0)) },
  ]

  static func report(_ experiment: String) -> RunReport? { all.first { $0.experiment == experiment } }
}
