/// Which pixels a filter sees: a convolution as a selection of rows followed by a matrix product.
///
/// An image is `[pixels + 1, channels]` with a row of zeros at the end, which stands for padding. For output pixel p and
/// filter entry k, row p · kernel² + k of `patches` is the input pixel there. `transposed` is the same for the way back: for input
/// pixel q and filter entry k, the output pixel whose filter entry k fell on q, or the row of zeros.
struct PatchTable: Sendable {
  let patches: [Int]
  let transposed: [Int]

  init(input: Architecture.Shape, output: Architecture.Shape, kernel: Int, stride: Int, padding: Int) {
    let entries = kernel * kernel
    var patches = [Int](repeating: input.pixels, count: output.pixels * entries)
    var transposed = [Int](repeating: output.pixels, count: input.pixels * entries)
    for row in 0..<output.height {
      for column in 0..<output.width {
        for entry in 0..<entries {
          let (y, x) = (row * stride - padding + entry / kernel, column * stride - padding + entry % kernel)
          guard y >= 0, x >= 0, y < input.height, x < input.width else { continue }
          let (from, to) = (y * input.width + x, row * output.width + column)
          patches[to * entries + entry] = from
          transposed[from * entries + entry] = to
        }
      }
    }
    self.patches = patches
    self.transposed = transposed
  }
}
