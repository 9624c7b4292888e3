/// What a field of text is as a number.
///
/// A number is decimal: a sign, digits with or without a point, an exponent; spaces and tabs may stand around it. Nothing else is one: no
/// hexadecimal digits, no decimal comma, no separators of thousands.
package enum DecimalText: Equatable {
  /// The nearest float64.
  case number(Double)
  /// NaN or an infinity, spelled out.
  case notFinite
  /// Larger than any float64.
  case beyondRange
  /// A text that is no number.
  case noNumber

  /// Reads the digits of a field.
  package init(_ field: ArraySlice<UInt8>) {
    let text = field.trimmingSpaces
    let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard text.count - digits.count <= 1 else {
      self = .noNumber
      return
    }
    let isNegative = text.first == UInt8(ascii: "-")
    var significand: UInt64 = 0
    var (hasDigits, hasPoint, fraction, isShort) = (false, false, 0, true)
    var position = digits.startIndex
    while position < digits.endIndex {
      let byte = digits[position]
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        hasDigits = true
        if significand < 1 << 59 { significand = significand * 10 + UInt64(byte - UInt8(ascii: "0")) } else { isShort = false }
        if hasPoint { fraction += 1 }
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      position += 1
    }
    guard hasDigits else {
      self = Self.isWord(digits) ? .notFinite : .noNumber
      return
    }
    guard let exponent = Self.exponent(digits[position...]) else {
      self = .noNumber
      return
    }
    // Powers of ten up to 10^22 and whole numbers up to 2^53 are exact, so one operation rounds once (Clinger 1990).
    let power = exponent - fraction
    if isShort, significand <= 1 << 53, abs(power) <= 22 {
      let magnitude = power < 0 ? Double(significand) / Self.powers[-power] : Double(significand) * Self.powers[power]
      self = .number(isNegative ? -magnitude : magnitude)
    } else {
      let number = Double(String(decoding: text, as: UTF8.self)) ?? .nan
      self = number.isFinite ? .number(number) : .beyondRange
    }
  }

  private static let powers: [Double] = (0..<22).reduce(into: [1]) { powers, _ in powers.append(powers[powers.count - 1] * 10) }

  /// Nothing is 0; nil for other text. Exponents beyond any float64 count as 99999.
  private static func exponent(_ text: ArraySlice<UInt8>) -> Int? {
    guard let first = text.first else { return 0 }
    guard first | 0x20 == UInt8(ascii: "e") else { return nil }
    var digits = text.dropFirst()
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    guard !digits.isEmpty, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
    let value = digits.reduce(0) { min(99_999, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
    return isNegative ? -value : value
  }

  private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 8 else { return false }
    return ["nan", "inf", "infinity"].contains(String(decoding: text, as: UTF8.self).lowercased())
  }
}

extension ArraySlice<UInt8> {
  /// The text without spaces and tabs at its ends.
  var trimmingSpaces: ArraySlice<UInt8> {
    let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard let last = lastIndex(where: { !isSpace($0) }) else { return [] }
    return self[...last].drop(while: isSpace)
  }
}
