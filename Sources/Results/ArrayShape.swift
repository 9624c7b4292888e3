enum ArrayShape {
  /// The product of the extents; nil where one is negative or the elements, 8 bytes each, would exceed any memory.
  static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, hasOverflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !hasOverflow else { return nil }
      count = product
    }
    return count <= Int.max / 8 ? count : nil
  }
}
