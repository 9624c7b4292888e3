import Compute

/// Which points each step sees: all, or mini-batches from a new random order in every epoch.
package struct BatchSchedule {
  let points: Int
  /// 0 for full batch.
  let size: Int
  let stream: RandomStream
  private var epoch = 0
  private var order: [Int] = []

  package init(points: Int, size: Int, stream: RandomStream) {
    self.points = points
    self.size = size
    self.stream = stream
  }

  package mutating func next() -> [Int]? {
    guard size > 0, size < points else { return nil }
    if order.count < size {
      order = stream.child("epoch/\(epoch)").permutation(points)
      epoch += 1
    }
    let batch = Array(order.prefix(size))
    order.removeFirst(size)
    return batch
  }
}
