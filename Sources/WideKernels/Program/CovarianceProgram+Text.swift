extension CovarianceProgram {
  static let affineName = "affine"

  /// Reads what `key` holds: `affine(weightVariance,biasVariance)` and pointwise layers, separated by spaces.
  ///
  /// - Parameter most: the largest number of nodes; text is printed and compiled for each of them.
  /// - Returns: nil for another text.
  public init?(text: String, most: Int = 10_000) {
    let words = text.split(separator: " ")
    guard words.count <= most else { return nil }
    var elements: [Element] = []
    for word in words {
      if let variances = word.arguments(of: Self.affineName) {
        guard variances.count == 2, variances.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
        elements.append(.affine(weightVariance: variances[0], biasVariance: variances[1]))
      } else {
        guard let layer = try? PointwiseLayer(String(word)) else { return nil }
        elements.append(.pointwise(layer))
      }
    }
    self.init(chain: elements)
  }
}

extension Substring {
  /// The numbers of `name(1.5,2.0)`; nil where the text is none of that name.
  package func arguments(of name: String) -> [Double]? {
    guard hasPrefix(name + "("), hasSuffix(")") else { return nil }
    let fields = dropFirst(name.count + 1).dropLast().split(separator: ",", omittingEmptySubsequences: false)
    let numbers = fields.compactMap { Double($0) }
    return numbers.count == fields.count ? numbers : nil
  }
}
