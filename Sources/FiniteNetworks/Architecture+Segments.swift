extension Architecture {
  /// Layers between consecutive bottlenecks, from input to output. A last layer with an activation belongs to none.
  public var segments: [Range<Int>] {
    var first = 0
    return readouts.map { last in
      defer { first = last + 1 }
      return first..<last + 1
    }
  }

  /// The layers `range` as a network of their own.
  ///
  /// - Throws: `FiniteNetworkError.architecture` where they end in an image.
  public func part(_ range: Range<Int>) throws(FiniteNetworkError) -> Architecture {
    let shape = shapes[range.lowerBound]
    return try Architecture(
      input: shape.pixels == 1
        ? .vector(count: shape.count) : .image(height: shape.height, width: shape.width, channels: shape.channels),
      layers: Array(layers[range]))
  }
}
