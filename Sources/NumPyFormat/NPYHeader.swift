/// The header of an NPY file: a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
package struct NPYHeader: Equatable, Sendable {
  /// What every file begins with.
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The byte order of this machine in a `descr`.
  package static let nativeOrder = 1.littleEndian == 1 ? "<" : ">"

  /// Byte order, kind and bytes of an element, such as `<f8`. Of records with fields the text of their list, `[('a', '<f8')]`.
  package let descr: String
  /// Whether the first index runs fastest.
  package let isFortranOrder: Bool
  /// Dimensions of the array.
  package let shape: [Int]

  package init(descr: String, isFortranOrder: Bool = false, shape: [Int]) {
    (self.descr, self.isFortranOrder, self.shape) = (descr, isFortranOrder, shape)
  }

  /// Reads a dictionary with exactly the three keys, in any order; Python 2's `2L` and `u'...'` too. Nil for anything else.
  package init?(parsing text: String) {
    var rest = text[...]
    func skipSpace() { rest = rest.drop { $0.isWhitespace } }
    func take(_ token: String) -> Bool {
      skipSpace()
      guard rest.hasPrefix(token) else { return false }
      rest = rest.dropFirst(token.count)
      return true
    }
    func takeQuoted() -> String? {
      skipSpace()
      if rest.hasPrefix("u") { rest = rest.dropFirst() }
      guard let quote = rest.first, quote == "'" || quote == "\"", let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
      defer { rest = rest[rest.index(after: end)...] }
      return String(rest[rest.index(after: rest.startIndex)..<end])
    }
    // A list of fields: up to the bracket that closes it, brackets in quotes left aside.
    func takeList() -> String? {
      skipSpace()
      var depth = 0
      var quote: Character?
      for index in rest.indices {
        let character = rest[index]
        if quote != nil {
          if character == quote { quote = nil }
        } else if character == "'" || character == "\"" {
          quote = character
        } else if "[(".contains(character) {
          depth += 1
        } else if "])".contains(character) {
          depth -= 1
          guard depth <= 0 else { continue }
          defer { rest = rest[rest.index(after: index)...] }
          return String(rest[...index])
        }
      }
      return nil
    }
    func takeShape() -> [Int]? {
      guard take("(") else { return nil }
      var shape: [Int] = []
      while !take(")") {
        skipSpace()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let dimension = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        if rest.hasPrefix("L") { rest = rest.dropFirst() }
        shape.append(dimension)
        // Only a comma may be left out before the closing bracket.
        if !take(",") { return take(")") ? shape : nil }
      }
      return shape
    }

    var descr: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = takeQuoted(), take(":") else { return nil }
      switch key {
      case "descr":
        skipSpace()
        descr = rest.hasPrefix("[") ? takeList() : takeQuoted()
      case "fortran_order": isFortranOrder = take("True") ? true : take("False") ? false : nil
      case "shape": shape = takeShape()
      default: return nil
      }
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    skipSpace()
    guard rest.isEmpty, let descr, let isFortranOrder, let shape else { return nil }
    self.init(descr: descr, isFortranOrder: isFortranOrder, shape: shape)
  }

  /// The dictionary as NumPy writes it.
  package var text: String {
    let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    return "{'descr': '\(descr)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(dimensions)), }"
  }

  /// Everything before the elements, in version 1.0 of the format; its length is a multiple of 64 bytes.
  ///
  /// - Precondition: fewer than 64 KiB, which a shape with more than 3,000 dimensions could exceed; NumPy's have at most 64.
  package var encoded: [UInt8] {
    var header = Array(text.utf8)
    // Magic, version and length take 10 bytes; the header ends with a line break.
    header += [UInt8](repeating: UInt8(ascii: " "), count: 63 - (10 + header.count) % 64) + [UInt8(ascii: "\n")]
    return NPYHeader.magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
  }
}
