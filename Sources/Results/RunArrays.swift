import Foundation
import NumPyFormat

/// Arrays of float64 that belong to a run: `arrays/<name>.npy`.
public enum RunArrays {
  /// Reads an array that a run wrote.
  ///
  /// - Parameter name: without the ending.
  /// - Returns: the shape and the elements in row-major order.
  /// - Throws: `ResultsError.cannotRead`, `.malformedFile`, `.invalidName`.
  public static func read(_ name: String, in directory: URL) throws(ResultsError) -> (shape: [Int], values: [Double]) {
    let url = try file(name, in: directory)
    let bytes = try SystemFile.contents(of: url)
    do throws(NPYFile.Fault) {
      return try NPYFile.decode(bytes)
    } catch {
      throw .malformedFile(path: url.path, reason: error.reason)
    }
  }

  /// Names of the arrays of a run, sorted; empty where it has none.
  public static func names(in directory: URL) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(in: directory).path)) ?? []
    return files.filter { $0.hasSuffix(".npy") && !$0.hasPrefix(".") }.map { String($0.dropLast(4)) }.sorted()
  }

  static func write(_ name: String, shape: [Int], _ values: [Double], in directory: URL) throws(ResultsError) {
    let url = try file(name, in: directory)
    guard ArrayShape.count(shape) == values.count else { throw .shapeMismatch(name: name, shape: shape, count: values.count) }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(key: "\(name)[\(index)]", value: "\(values[index])")
    }
    try SystemFile.replace(url, with: NPYFile.encode(values, shape: shape))
  }

  static func folder(in directory: URL) -> URL { directory.appendingPathComponent("arrays") }

  private static func file(_ name: String, in directory: URL) throws(ResultsError) -> URL {
    try PathName.check(name, what: "array name")
    return folder(in: directory).appendingPathComponent(name + ".npy")
  }
}
