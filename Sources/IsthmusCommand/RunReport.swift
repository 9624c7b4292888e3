import Figures
import Foundation
import Reports
import Results

/// The table at the end of a run, for reading and for programs.
struct RunTable {
  /// Lines above the table.
  var heading = ""
  let text: TextTable
  let numbers: TextTable
  let json: JSONValue
}

/// Table and figures of one experiment, made from the files of a run alone.
protocol RunReport: Sendable {
  static var experiment: String { get }
  static func table(_ directory: URL) throws -> RunTable
  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure]
}

enum BottleneckReport: RunReport {
  static let experiment = "bottleneck"

  static func table(_ directory: URL) throws -> RunTable {
    let table = BottleneckTable(try BottleneckRuns(reading: directory))
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try BottleneckFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum BottleneckDepthReport: RunReport {
  static let experiment = "bottleneck-depth"

  static func table(_ directory: URL) throws -> RunTable {
    let table = BottleneckDepthTable(try BottleneckRuns(reading: directory))
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try BottleneckDepthFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum BottleneckScalingReport: RunReport {
  static let experiment = "bottleneck-scaling"

  static func table(_ directory: URL) throws -> RunTable {
    let table = try BottleneckScalingTable(reading: directory)
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try BottleneckScalingFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum LazyFeatureReport: RunReport {
  static let experiment = "lazy-feature"

  static func table(_ directory: URL) throws -> RunTable {
    let table = LazyFeatureTable(try LazyFeatureRuns(reading: directory))
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try LazyFeatureFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum LinearAccelerationReport: RunReport {
  static let experiment = "linear-acceleration"

  static func table(_ directory: URL) throws -> RunTable {
    let table = try LinearAccelerationTable(reading: directory)
    return RunTable(heading: table.heading, text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try LinearAccelerationFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum MultilinearityReport: RunReport {
  static let experiment = "multilinearity"

  static func table(_ directory: URL) throws -> RunTable {
    let table = MultilinearityTable(try MultilinearityMeasurements(reading: directory))
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try MultilinearityFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

enum FiniteWidthReport: RunReport {
  static let experiment = "finite-width"

  static func table(_ directory: URL) throws -> RunTable {
    let table = FiniteWidthTable(try FiniteWidthRuns(reading: directory))
    return RunTable(text: table.text, numbers: table.numbers, json: table.json)
  }

  static func figures(_ directory: URL, formats: [FigureFormat]) throws -> [RenderedFigure] {
    try FiniteWidthFigures.make(from: directory, formats: formats, with: Gnuplot())
  }
}

/// The experiments that have a report. One without is recorded all the same.
enum ReportCatalog {
  private static let all: [any RunReport.Type] = [
    BottleneckReport.self,
    BottleneckDepthReport.self,
    BottleneckScalingReport.self,
    LazyFeatureReport.self,
    LinearAccelerationReport.self,
    MultilinearityReport.self,
    FiniteWidthReport.self,
  ]

  static func report(_ experiment: String) -> (any RunReport.Type)? { all.first { $0.experiment == experiment } }
}
