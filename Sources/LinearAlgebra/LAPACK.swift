import CLAPACK

/// LAPACK as found at run time: its routines, by Fortran's calling convention.
public enum LAPACK {
  /// Looked for at the first call: linked into the program, named by `ISTHMUS_LAPACK`, or the system's OpenBLAS or LAPACK.
  ///
  /// - Throws: `.unavailable` where there is none.
  static func routines() throws(FactorisationError) -> IsthmusLAPACK {
    var reason: UnsafePointer<CChar>?
    guard let routines = isthmus_lapack(&reason) else {
      throw .unavailable(reason: reason.map { String(cString: $0) } ?? "")
    }
    return routines.pointee
  }

  /// Version and build of OpenBLAS; nil for another LAPACK, or none.
  public static var configuration: String? {
    guard let text = try? routines().configuration else { return nil }
    let words = String(cString: text).split(separator: " ")
    return words.joined(separator: " ")
  }
}
