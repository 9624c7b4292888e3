/// Why a file of settings or of a network is not read.
package enum YAMLFileError: Error, Equatable, CustomStringConvertible {
  /// A file that cannot be read as what it should be.
  case unreadable(path: String, reason: String)
  /// A file that can be read, with something wrong in it.
  case invalid(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .invalid(let path, let reason): "\(path): \(reason)"
    }
  }
}
