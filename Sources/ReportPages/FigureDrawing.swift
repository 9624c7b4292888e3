import Figures
import Foundation
import Reports
import Results

/// Draws the figures of pages, or says on them why it does not.
public struct FigureDrawing: Sendable {
  private let gnuplot: Result<Gnuplot, FigureError>

  /// Finds gnuplot as `Gnuplot` does; that there is none is no error here.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    gnuplot = Result { () throws(FigureError) in try Gnuplot(environment: environment) }
  }

  /// Why no figure can be drawn; nil where they can.
  public var reason: String? { if case .failure(let error) = gnuplot { error.description } else { nil } }

  /// The figures of a run, or a paragraph that says why there are none. The folder of the run stays as it is.
  ///
  /// - Throws: `ResultsError` where the files of the run cannot be read.
  func parts(_ report: RunReport?, of directory: URL) throws(ResultsError) -> [PagePart] {
    let described = try report?.figures(of: directory) ?? []
    guard !described.isEmpty else { return [.paragraph("The records hold nothing to draw.")] }
    switch gnuplot {
    case .failure(let error): return [.notice("No figure is drawn: \(error)")]
    case .success(let gnuplot): return described.map { part($0.figure, name: $0.name, gnuplot) }
    }
  }

  private func part(_ figure: Figure, name: String, _ gnuplot: Gnuplot) -> PagePart {
    do {
      return .figure(try PageFigure(figure, name: name, with: gnuplot))
    } catch .nothingToDraw {
      return .paragraph("The figure '\(name)' has no point that its axes can show, and is left out.")
    } catch {
      return .notice("The figure '\(name)' is left out: \(error)")
    }
  }
}
