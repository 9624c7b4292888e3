import CPUKernelInterface

extension TileLoops {
  @inline(never)
  func copyRows(_ lines: Range<Int>, of source: RowSelection<Double>, to target: RowSelection<Scalar>, columns: Int) {
    for line in lines {
      let (x, y) = (source[line], target[line])
      for j in 0..<columns { y[j] = Scalar(x[j]) }
    }
  }

  @inline(never)
  func copyRows(_ lines: Range<Int>, of source: RowSelection<Float>, to target: RowSelection<Scalar>, columns: Int) {
    for line in lines {
      let (x, y) = (source[line], target[line])
      for j in 0..<columns { y[j] = Scalar(x[j]) }
    }
  }
}
