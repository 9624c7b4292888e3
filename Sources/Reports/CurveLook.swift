import Figures
import Foundation
import StudyRecords

/// Colour, symbol and dashes of a curve. A width has the same colour and symbol in every figure of every run, whatever else is in it.
package struct CurveLook: Equatable {
  /// Colour of line, symbols and band.
  package var color: Color
  /// Symbol, by which curves are told apart without colour; nil for a plain line.
  package var symbol: Series.Symbol?
  /// Dashes of the line.
  package var style = Series.Style.line

  /// Neighbours differ in shape, and not only in being filled.
  private static let symbols: [Series.Symbol] = [
    .disc, .square, .triangle, .diamond, .circle, .openSquare, .openTriangle, .openDiamond,
  ]

  /// Black, without symbols: references.
  static let reference = CurveLook(color: .black)
  /// Guides that nothing is measured on.
  static let guide = CurveLook(color: Color(rgb: 0x888888), style: .dashedLine)

  /// A curve by its number, from the start again after the last.
  static func number(_ index: Int) -> CurveLook {
    CurveLook(color: Color.palette[index % Color.palette.count], symbol: symbols[index % symbols.count])
  }

  /// The look of a width: 1, 2, 4, 8, 16 and 32 have the colours of the palette from warm to cool, the next six powers of two darker
  /// ones, all further ones lighter ones; what lies between is mixed. The symbol follows the nearest power of two.
  package static func width(_ width: Double) -> CurveLook {
    let octave = max(0, log2(max(width, 1))), lower = Int(octave), part = octave - Double(lower)
    return CurveLook(
      color: Color.power(lower).mixed(with: Color.power(lower + 1), part: part), symbol: symbols[Int(octave.rounded()) % symbols.count])
  }

  /// The look of a network: colour by its first width, symbol by its last one, dashes by the number of bottlenecks; black for d = ∞.
  package static func network(_ label: BottleneckLabel) -> CurveLook {
    var look = reference
    if let first = label.widths.first, let last = label.widths.last {
      look = CurveLook(color: width(Double(first)).color, symbol: width(Double(last)).symbol)
    }
    let dashes: [Series.Style] = [.line, .dashedLine, .dottedLine, .dashDottedLine]
    look.style = dashes[min(label.count, dashes.count) - 1]
    return look
  }

  /// A look of the same colour with other dashes, and no symbols.
  func line(_ style: Series.Style) -> CurveLook { CurveLook(color: color, style: style) }

  /// A look of the same colour and symbol without dashes.
  var solid: CurveLook { CurveLook(color: color, symbol: symbol) }

  /// Symbols alone.
  func points(_ symbol: Series.Symbol) -> CurveLook { CurveLook(color: color, style: .points(symbol)) }
}

extension Color {
  /// The colour of the width 2^octave.
  fileprivate static func power(_ octave: Int) -> Color {
    let color = palette[octave % palette.count]
    switch octave / palette.count {
    case 0: return color
    case 1: return color.mixed(with: .black, part: 0.42)
    default: return color.mixed(with: Color(rgb: 0xFFFFFF), part: 0.4)
    }
  }

  fileprivate func mixed(with other: Color, part: Double) -> Color {
    func channel(_ shift: UInt32) -> UInt32 {
      let (own, others) = (Double(rgb >> shift & 0xFF), Double(other.rgb >> shift & 0xFF))
      return UInt32((own + part * (others - own)).rounded()) << shift
    }
    return Color(rgb: channel(16) | channel(8) | channel(0))
  }
}
