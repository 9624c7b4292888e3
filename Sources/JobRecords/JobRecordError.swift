/// Why a file of recorded jobs cannot be used.
public enum JobRecordError: Error, Equatable, CustomStringConvertible {
  /// A file that cannot be read.
  case cannotRead(path: String, reason: String)
  /// A file that holds something else.
  case foreign(path: String)
  /// A record of another version of the format.
  case unknownVersion(path: String, version: String)
  /// The file ends within or before the part with this number, the description of the device being 0.
  case truncated(path: String, part: Int)
  /// A part is not what was written.
  case damaged(path: String, part: Int)
  /// A part is whole, but describes nothing that can be performed.
  case invalid(path: String, part: Int, reason: String)

  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)."
    case .foreign(let path): "\(path) holds no recorded jobs; expected a file of `isthmus run --record-jobs`."
    case .unknownVersion(let path, let version):
      "\(path) holds recorded jobs of the version \(version); this program reads \(JobRecordFormat.version). Take the program that wrote it."
    case .truncated(let path, let part):
      "\(path) ends too early, in \(Self.name(part)): it was not finished or not copied as a whole. Copy or record it again."
    case .damaged(let path, let part): "\(path) is damaged: the checksum of \(Self.name(part)) is another. Copy or record it again."
    case .invalid(let path, let part, let reason): "\(path): \(part == 0 ? Self.name(part) : "job \(part)") cannot be performed: \(reason)"
    }
  }

  private static func name(_ part: Int) -> String { part == 0 ? "its first lines" : "job \(part) or what follows it" }
}
