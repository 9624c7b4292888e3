import Foundation

/// What can go wrong with a file; holds its path and the system's reason.
public enum FileError: Error, Equatable, CustomStringConvertible {
  /// A file or a folder cannot be made, written, replaced or removed, for example because the disk is full.
  case cannotWrite(path: String, reason: String)
  /// A file is there and cannot be read.
  case cannotRead(path: String, reason: String)
  /// What lies there could have been written by another user, and is not believed.
  case notTrusted(path: String, reason: String)

  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason): "writing \(path) failed: \(reason)"
    case .cannotRead(let path, let reason): "reading \(path) failed: \(reason)"
    case .notTrusted(let path, let reason): "\(path) is not used: \(reason)"
    }
  }

  /// Path of the file or folder that the error is about.
  public var path: String {
    switch self {
    case .cannotWrite(let path, _), .cannotRead(let path, _), .notTrusted(let path, _): path
    }
  }

  /// Reason that the system gave, or why a file is not trusted.
  public var reason: String {
    switch self {
    case .cannotWrite(_, let reason), .cannotRead(_, let reason), .notTrusted(_, let reason): reason
    }
  }

  /// The text of `errno`.
  static var systemReason: String { String(cString: strerror(errno)) }
}
