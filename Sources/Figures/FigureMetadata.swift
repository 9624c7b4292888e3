import CZlib
import Foundation
import PrintableText

/// What the file of a figure says of itself, where programs look for it.
struct FigureMetadata {
  let title: String
  /// Several lines.
  let description: String

  init(_ figure: Figure) {
    title = "\(figure.title)".printable
    description = (figure.footer.map(\.description) + figure.details).map { $0.printable }.joined(separator: "\n")
  }

  /// The file with the metadata in it; as it was where it has no place for them.
  func added(to file: Data, _ format: FigureFormat) -> Data {
    switch format {
    case .svg: addedToSVG(file)
    case .png: addedToPNG(file)
    case .pdf: addedToPDF(file)
    }
  }

  /// Replaces the elements `title` and `desc` that gnuplot writes.
  private func addedToSVG(_ file: Data) -> Data {
    guard let start = file.range(of: Data("<title>".utf8)),
      let end = file.range(of: Data("</desc>".utf8), in: start.upperBound..<file.endIndex)
    else { return file }
    func escaped(_ text: String) -> String {
      text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(
        of: ">", with: "&gt;")
    }
    var file = file
    file.replaceSubrange(
      start.lowerBound..<end.upperBound,
      with: Data("<title>\(escaped(title))</title>\n<desc>\(escaped(description))</desc>".utf8))
    return file
  }

  /// Adds chunks behind the header: `tEXt` where Latin 1 has all characters, else `iTXt`.
  ///
  /// Source: W3C, Portable Network Graphics (PNG) Specification, sections 11.3.3.2 and 11.3.3.4.
  private func addedToPNG(_ file: Data) -> Data {
    func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    func chunk(_ key: String, _ text: String) -> [UInt8] {
      let latin = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }, isLatin = latin.count == text.unicodeScalars.count
      let content =
        Array((isLatin ? "tEXt" : "iTXt").utf8) + Array(key.utf8) + (isLatin ? [0] + latin : [0, 0, 0, 0, 0] + Array(text.utf8))
      let sum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      return bytes(UInt32(content.count - 4)) + content + bytes(UInt32(truncatingIfNeeded: sum))
    }
    // Signature and header.
    let header = 8 + 25
    guard file.count > header else { return file }
    return file.prefix(header) + Data(chunk("Title", title) + chunk("Description", description)) + file.dropFirst(header)
  }

  /// Adds an update behind the file, with another document information dictionary.
  ///
  /// Source: ISO 32000-1, sections 7.5.6 and 14.3.3.
  private func addedToPDF(_ file: Data) -> Data {
    let text = String(decoding: file.suffix(1024), as: Unicode.ASCII.self)
    guard let trailer = text.range(of: "trailer", options: .backwards).map({ text[$0.upperBound...] }),
      let size = trailer.firstMatch(of: /\/Size\s+(\d+)/)?.1, let root = trailer.firstMatch(of: /\/Root\s+(\d+ \d+ R)/)?.1,
      let info = trailer.firstMatch(of: /\/Info\s+(\d+) 0 R/)?.1, let previous = trailer.firstMatch(of: /startxref\s+(\d+)/)?.1
    else { return file }
    func hexadecimal(_ text: String) -> String {
      "<FEFF" + text.utf16.map { String(format: "%04X", Int($0)) }.joined() + ">"
    }
    let object = "\(info) 0 obj\n<< /Title \(hexadecimal(title)) /Subject \(hexadecimal(description)) /Creator (Isthmus) >>\nendobj\n"
    let begin = file.count + 1, table = begin + object.utf8.count
    let update =
      "\n\(object)xref\n\(info) 1\n\(String(format: "%010d", begin)) 00000 n \ntrailer\n"
      + "<< /Size \(size) /Root \(root) /Info \(info) 0 R /Prev \(previous) >>\nstartxref\n\(table)\n%%EOF\n"
    return file + Data(update.utf8)
  }
}
