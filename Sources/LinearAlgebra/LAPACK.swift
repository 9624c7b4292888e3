import CLAPACK
import Foundation

/// LAPACK as found at run time: its routines, by Fortran's calling convention.
public enum LAPACK {
  /// Looked for at the first call: linked into the program, named by `ISTHMUS_LAPACK`, or the system's OpenBLAS or LAPACK.
  ///
  /// - Throws: `.unavailable` where there is none.
  static func routines() throws(FactorisationError) -> IsthmusLAPACK {
    var reason: UnsafePointer<CChar>?
    guard let routines = isthmus_lapack(&reason) else {
      let text = reason.map { String(cString: $0) } ?? "unknown reason"
      throw .unavailable(reason: named.map { "\(variable) is '\($0)': \(text)" } ?? text)
    }
    return routines.pointee
  }

  private static let variable = "ISTHMUS_LAPACK"
  private static var named: String? { ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 } }

  /// Looks whether `ISTHMUS_LAPACK`, where it is set, names a library that can be used, before work that needs it at its end.
  ///
  /// - Throws: `.unavailable`.
  public static func checkVariable() throws(FactorisationError) {
    if named != nil { _ = try routines() }
  }

  /// Version and build of OpenBLAS; nil for another LAPACK, or none.
  public static var configuration: String? {
    guard let text = try? routines().configuration else { return nil }
    let words = String(cString: text).split(separator: " ")
    return words.joined(separator: " ")
  }
}
