extension Dataset {
  /// Bytes of its numbers in memory.
  public var byteCount: Int { storage.byteCount + 8 * ((labels?.count ?? 0) + (values?.count ?? 0)) }
}

extension LoadedData {
  /// Bytes of all its points in memory and, while they were read, of the files.
  public var byteCount: Int { train.byteCount + (test?.byteCount ?? 0) + files.reduce(0) { $0 + $1.byteCount } }
}

extension PointStorage {
  fileprivate var byteCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .floats(let floats): 4 * floats.count
    case .doubles(let doubles): 8 * doubles.count
    }
  }
}
