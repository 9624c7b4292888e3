import Compute

extension Tensor {
  /// Neighbouring groups of `width` columns as the items of a batch, without copying: `[1, n, b·width]` as `[b, n, width]`.
  func columnGroups(width: Int) -> Tensor {
    precondition(batch == 1 && width > 0 && columns % width == 0, "groups of \(width) columns of a tensor \(shapeText)")
    var view = self
    view.batch = columns / width
    view.columns = width
    view.batchStride = width
    return view
  }
}

extension Engine {
  /// Items stacked to a batch `[items, rows, columns]`; all have one shape.
  func stacked(_ items: [Tensor]) throws(ComputeError) -> Tensor {
    let result = try empty(batch: items.count, rows: items.first?.rows ?? 0, columns: items.first?.columns ?? 0)
    for (index, item) in items.enumerated() { try copy(item, into: result.item(index)) }
    return result
  }
}
