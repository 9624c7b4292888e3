import Foundation

/// A file format of figures.
public enum FigureFormat: String, CaseIterable, Sendable {
  /// Scalable vector graphics, pixels, and pages for print.
  case svg, png, pdf

  /// What is drawn unless somebody asks for other formats.
  public static let usual: [FigureFormat] = [.svg, .png]

  /// The part of gnuplot that draws the format, which not every gnuplot was built with.
  var terminal: String {
    switch self {
    case .svg: "svg"
    case .png: "pngcairo"
    case .pdf: "pdfcairo"
    }
  }

  /// Whether a file begins and ends as its format demands.
  func isComplete(_ data: Data) -> Bool {
    func ends(with text: String) -> Bool { data.suffix(20).range(of: Data(text.utf8)) != nil }
    return switch self {
    case .png: data.starts(with: [0x89, 0x50, 0x4E, 0x47]) && data.suffix(8).starts(with: Array("IEND".utf8))
    case .svg: data.count > 200 && data.prefix(400).range(of: Data("<svg".utf8)) != nil && ends(with: "</svg>")
    case .pdf: data.starts(with: Array("%PDF-".utf8)) && ends(with: "%%EOF")
    }
  }
}
