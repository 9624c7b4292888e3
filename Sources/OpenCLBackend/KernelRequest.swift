import Compute
import Foundation
import KernelSources

/// What is built: one kernel file, specialised. Equal requests are equal texts.
package struct KernelRequest: Hashable {
  /// Name of the file with the kernel.
  package var file: String
  var precision: Precision
  var lanes: Int
  /// Numbers that the text is compiled with.
  package var defines: [String: Int]
  /// Names what `generated` prints: the text of the program or function and the form in which it is printed.
  var generatedKey: String

  package init(file: String, precision: Precision, lanes: Int, defines: [String: Int] = [:], generatedKey: String = "") {
    self.file = file
    self.precision = precision
    self.lanes = lanes
    self.defines = defines
    self.generatedKey = generatedKey
  }
}

/// The texts of the kernel files.
package struct KernelTexts: Sendable {
  static let variable = "ISTHMUS_KERNELS"
  private let texts: [String: String]

  /// The texts that were embedded when the package was built.
  package static let embedded: KernelTexts = {
    var count: Int32 = 0
    let sources = isthmus_kernel_sources(&count)
    var texts: [String: String] = [:]
    for source in UnsafeBufferPointer(start: sources, count: Int(count)) {
      texts[String(cString: source.name)] = String(cString: source.text)
    }
    return KernelTexts(texts: texts)
  }()

  private init(texts: [String: String]) { self.texts = texts }

  /// Names of all texts.
  package var files: [String] { texts.keys.sorted() }

  /// The embedded texts, each replaced by the file `name.cl` of a directory; all files must be there.
  package init(directory: String) throws(ComputeError) {
    var texts: [String: String] = [:]
    for file in KernelTexts.embedded.files {
      let path = "\(directory)/\(file).cl"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw .variable(
          name: Self.variable, value: directory, expected: "a folder that holds every kernel file (\(path) cannot be read)")
      }
      texts[file] = text
    }
    self.texts = texts
  }

  /// The program text: definitions sorted by name, prelude, vector functions, generated functions, the file, in which lines
  /// `#include "name.cl"` are replaced by that file.
  func program(_ request: KernelRequest, generated: String) -> String {
    var defines = request.defines
    defines["REAL_IS_DOUBLE"] = request.precision == .float64 ? 1 : 0
    defines["LANES"] = request.lanes
    let header = defines.sorted { $0.key < $1.key }.map { "#define \($0.key) \($0.value)\n" }.joined()
    let functions = request.lanes > 1 && !generated.isEmpty ? file("functions") : ""
    return header + file("prelude") + functions + "#line 1 \"generated\"\n" + generated + file(request.file)
  }

  private func file(_ name: String) -> String {
    guard let text = texts[name] else { return "#error \"no kernel file \(name)\"\n" }
    let (include, end) = ("#include \"", ".cl\"")
    var result = "#line 1 \"\(name).cl\"\n"
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix(include), line.hasSuffix(end) {
        result += file(String(line.dropFirst(include.count).dropLast(end.count))) + "#line \(index + 2) \"\(name).cl\"\n"
      } else {
        result += line + "\n"
      }
    }
    return result
  }
}
