extension Int {
  /// An amount of memory with two digits at least, such as `3.2 GB`: powers of 1000, as the program has them everywhere.
  public var byteText: String {
    for (unit, size) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3)] where Double(self) >= size {
      let value = Double(self) / size, tenths = (value * 10).rounded()
      return tenths < 100 ? "\(tenths / 10) \(unit)" : "\(Int(value.rounded())) \(unit)"
    }
    return "\(self) B"
  }
}
