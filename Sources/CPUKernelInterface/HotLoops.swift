import Compute
import WideKernels

/// A rectangle of row-major numbers: `rows` × `columns`, rows `stride` elements apart.
package struct Panel<Scalar> {
  /// The first number.
  package var base: UnsafeMutablePointer<Scalar>
  /// Number of rows.
  package var rows: Int
  /// Number of columns.
  package var columns: Int
  /// Elements from one row to the next.
  package var stride: Int

  package init(_ base: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int) {
    (self.base, self.rows, self.columns, self.stride) = (base, rows, columns, stride)
  }
}

/// The left operand of a panel product: packed to panels, or as it lies in memory.
package struct LeftPanels<Scalar> {
  /// The first number.
  package let base: UnsafePointer<Scalar>
  /// Distances of neighbouring rows and inner indices.
  package let rowStep: Int
  /// Distance of neighbouring inner indices.
  package let innerStep: Int
  /// Whether the numbers lie in panels that `pack` has written.
  package let isPacked: Bool

  /// Panels of `width` rows that `pack` has written.
  package static func packed(_ panels: UnsafePointer<Scalar>, width: Int) -> Self {
    Self(base: panels, rowStep: 1, innerStep: width, isPacked: true)
  }
  /// Rows as they lie in memory, with the distances of neighbouring rows and inner indices.
  package static func inPlace(_ base: UnsafePointer<Scalar>, rowStep: Int, innerStep: Int) -> Self {
    Self(base: base, rowStep: rowStep, innerStep: innerStep, isPacked: false)
  }

  /// The first inner index of a row; within packed panels only of the rows of one panel one after the other.
  @inlinable @inline(__always) package func row(_ row: Int, inner: Int, blockRows: Int) -> UnsafePointer<Scalar> {
    isPacked ? base + row / blockRows * blockRows * inner + row % blockRows : base + row * rowStep
  }
}

/// An operand of many small products as it lies in memory: distances of neighbouring items, rows of op(A) (columns of op(B)) and
/// inner indices.
package struct ItemOperand<Scalar> {
  /// The first number of the first item.
  package let base: UnsafePointer<Scalar>
  /// 0 where all products share it.
  package let itemStep: Int
  /// Distance of neighbouring rows of op(A), or columns of op(B).
  package let outerStep: Int
  /// Distance of neighbouring inner indices.
  package let innerStep: Int

  package init(_ base: UnsafePointer<Scalar>, itemStep: Int, outerStep: Int, innerStep: Int) {
    (self.base, self.itemStep, self.outerStep, self.innerStep) = (base, itemStep, outerStep, innerStep)
  }
}

/// Rows of a matrix in any order: line i is row `order[i]`, or row i where there is no order.
package struct RowSelection<Scalar> {
  /// The first number of row 0.
  package var base: UnsafeMutablePointer<Scalar>
  /// Elements from one row to the next.
  package var stride: Int
  /// Row of every line; nil where line i is row i.
  package var order: UnsafePointer<Int>?

  package init(_ base: UnsafeMutablePointer<Scalar>, stride: Int, order: UnsafePointer<Int>?) {
    (self.base, self.stride, self.order) = (base, stride, order)
  }

  /// The first number of a line.
  @inlinable package subscript(line: Int) -> UnsafeMutablePointer<Scalar> { base + (order?[line] ?? line) * stride }
}

/// One hidden layer of a block: an affine map, a pointwise layer, and for the last of them the affine map of the outputs.
///
/// The maps are z ← weight · z + bias on all covariances; ntk ← weight · ntk + gain · nngp.
package struct LayerStage: Sendable {
  /// Weight variance of the affine map.
  package var weight: Double
  /// Bias variance of the affine map.
  package var bias: Double
  /// 1, or 0 where no affine map stands before the pointwise layer.
  package var gain: Double
  /// The pointwise layer.
  package var layer: PointwiseLayer
  /// Weight variance of the outputs' map; with bias and gain 1, 0 and 0 where none follows.
  package var outputWeight = 1.0
  /// Bias variance of the outputs.
  package var outputBias = 0.0
  /// Gain of the outputs' map, as `gain`.
  package var outputGain = 0.0
  /// Whether nothing stands before it: the tangent kernel and the derivatives of the tile are then not read.
  package var isFirst: Bool

  package init(weight: Double, bias: Double, gain: Double, layer: PointwiseLayer, isFirst: Bool) {
    (self.weight, self.bias, self.gain, self.layer, self.isFirst) = (weight, bias, gain, layer, isFirst)
  }
}

/// A tile of pairs between the layers of a block: arrays of `rows` × `stride` numbers, of which the columns up to `columns`
/// count. `stride` is a multiple of the widest vector, and the padding holds valid pairs.
///
/// Layers take two vectors at a time, whatever rows they are of: every array has room for a whole number of two vectors.
package struct PairTile<Scalar> {
  /// Rows of the tile.
  package var rows: Int
  /// Columns of the tile.
  package var columns: Int
  /// Elements from one row to the next.
  package var stride: Int
  /// The NNGP kernel of the layers so far; in front of the first layer the covariance of the inputs.
  package var nngp: UnsafeMutablePointer<Scalar>
  /// The tangent kernel of the layers so far.
  package var ntk: UnsafeMutablePointer<Scalar>
  /// Whether the tile is one row of pairs each of which has a row variance of its own.
  package var isPaired = false

  package init(rows: Int, columns: Int, stride: Int, nngp: UnsafeMutablePointer<Scalar>, ntk: UnsafeMutablePointer<Scalar>) {
    (self.rows, self.columns, self.stride, self.nngp, self.ntk) = (rows, columns, stride, nngp, ntk)
  }
}

/// Derivatives of a tile's kernels in the column input's variance (11) and in the inputs' covariance (12), each as large as the tile's.
package struct PairDerivatives<Scalar> {
  /// Derivative of nngp in the column input's variance.
  package var nngp11: UnsafeMutablePointer<Scalar>
  /// Derivative of nngp in the inputs' covariance.
  package var nngp12: UnsafeMutablePointer<Scalar>
  /// Derivative of ntk in the column input's variance.
  package var ntk11: UnsafeMutablePointer<Scalar>
  /// Derivative of ntk in the inputs' covariance.
  package var ntk12: UnsafeMutablePointer<Scalar>

  package init(
    nngp11: UnsafeMutablePointer<Scalar>, nngp12: UnsafeMutablePointer<Scalar>, ntk11: UnsafeMutablePointer<Scalar>,
    ntk12: UnsafeMutablePointer<Scalar>
  ) {
    (self.nngp11, self.nngp12, self.ntk11, self.ntk12) = (nngp11, nngp12, ntk11, ntk12)
  }
}

/// Variances of a set of inputs through the layers, one number per input.
package struct DiagonalState<Scalar> {
  /// The NNGP kernel of every input with itself.
  package var nngp: UnsafeMutablePointer<Scalar>
  /// The tangent kernel of every input with itself.
  package var ntk: UnsafeMutablePointer<Scalar>
  /// ∂nngp/∂q of the input's own variance.
  package var slope: UnsafeMutablePointer<Scalar>

  package init(nngp: UnsafeMutablePointer<Scalar>, ntk: UnsafeMutablePointer<Scalar>, slope: UnsafeMutablePointer<Scalar>) {
    (self.nngp, self.ntk, self.slope) = (nngp, ntk, slope)
  }
}

/// Sums over centres of which the slopes at the points of a tile consist, each `[…, stride]`.
package struct SlopeTile<Scalar> {
  /// Elements from one row of the arrays to the next.
  package var stride: Int
  /// Coordinates of a point.
  package var width: Int
  /// Outputs of the function.
  package var outputs: Int
  /// Coordinates of the points `[width, stride]`.
  package var points: UnsafePointer<Scalar>
  /// Sums by the point's own variance `[outputs, stride]`.
  package var own: UnsafePointer<Scalar>
  /// Sums by the covariances, times the centres' coordinates `[outputs · width, stride]`.
  package var cross: UnsafeMutablePointer<Scalar>

  package init(
    stride: Int, width: Int, outputs: Int, points: UnsafePointer<Scalar>, own: UnsafePointer<Scalar>, cross: UnsafeMutablePointer<Scalar>
  ) {
    (self.stride, self.width, self.outputs) = (stride, width, outputs)
    (self.points, self.own, self.cross) = (points, own, cross)
  }
}

/// Points of one tile, and the features that are summed at them.
package struct FeatureTile<Scalar> {
  /// Coordinates of the points `[width, stride]`; `stride` is a multiple of the widest vector, and the padding holds points.
  package var points: UnsafePointer<Scalar>
  /// Elements from one row of the arrays to the next.
  package var stride: Int
  /// Coordinates of a point.
  package var width: Int
  /// Number of features.
  package var features: Int
  /// Weights of the features `[features, width]`.
  package var weights: UnsafePointer<Scalar>
  /// Elements from one feature's weights to the next's.
  package var weightStride: Int
  /// Biases of the features; nil without.
  package var biases: UnsafePointer<Scalar>?
  /// Elements from one feature's bias to the next's.
  package var biasStride: Int
  /// Coefficients of the features.
  package var coefficients: UnsafePointer<Scalar>
  /// Elements from one row of coefficients to the next.
  package var coefficientStride: Int
  /// Outputs of the function.
  package var outputs: Int
  /// Coefficient times weight `[features, outputs · width]`; null where no Jacobian is asked for.
  package var products: UnsafePointer<Scalar>?
  /// Working memory for `featureBlock` × `stride` numbers, twice where there is a Jacobian; a whole number of two vectors each.
  package var work: UnsafeMutablePointer<Scalar>
  /// `[outputs, stride]`, then with a Jacobian `[outputs · width, stride]`; what is there is added to.
  package var sums: UnsafeMutablePointer<Scalar>

  package init(
    points: UnsafePointer<Scalar>, stride: Int, width: Int, features: Int, weights: UnsafePointer<Scalar>, weightStride: Int,
    biases: UnsafePointer<Scalar>?, biasStride: Int, coefficients: UnsafePointer<Scalar>, coefficientStride: Int, outputs: Int,
    products: UnsafePointer<Scalar>?, work: UnsafeMutablePointer<Scalar>, sums: UnsafeMutablePointer<Scalar>
  ) {
    (self.points, self.stride, self.width, self.features) = (points, stride, width, features)
    (self.weights, self.weightStride, self.biases, self.biasStride) = (weights, weightStride, biases, biasStride)
    (self.coefficients, self.coefficientStride, self.outputs) = (coefficients, coefficientStride, outputs)
    (self.products, self.work, self.sums) = (products, work, sums)
  }
}

/// What runs inside one tile, on one thread, compiled once for each instruction set and precision.
///
/// Counts named `padded` are multiples of `lanes`. Nothing here allocates or fails, and every sum has a fixed order.
package protocol HotLoops<Scalar>: Sendable {
  /// Type of the numbers.
  associatedtype Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable

  /// Numbers in a vector.
  var lanes: Int { get }
  /// Rows and columns of the block of C that stays in registers.
  var blockRows: Int { get }
  /// Columns of the block of C that stays in registers.
  var blockColumns: Int { get }

  // MARK: Matrix products

  /// Copies op(X)'s rows `rows`, inner indices `inner` to panels of `width` rows, inner index slowest; missing rows are 0.
  /// `rowStep` and `innerStep` are the distances in X of neighbouring rows and inner indices.
  func pack(
    _ x: UnsafePointer<Scalar>, rows: Int, inner: Int, rowStep: Int, innerStep: Int, width: Int, into panels: UnsafeMutablePointer<Scalar>)
  /// C ← alpha·A·B + beta·C for panels of A (`blockRows`), packed or not, and packed panels of B (`blockColumns`). With `diagonal` only
  /// entries of row i and column j ≤ i + diagonal are written.
  func multiplyPanels(
    _ a: LeftPanels<Scalar>, _ b: UnsafePointer<Scalar>, inner: Int, alpha: Scalar, beta: Scalar, into c: Panel<Scalar>, diagonal: Int?)
  /// C ← alpha·A·B + beta·C, rounded as by `multiplyPanels`, for small products one after the other: `c` is the first of them, the others
  /// follow `itemStep` apart. B's columns are neighbours in memory (`outerStep` 1).
  func multiplyItems(
    _ items: Int, _ a: ItemOperand<Scalar>, _ b: ItemOperand<Scalar>, inner: Int, alpha: Scalar, beta: Scalar, into c: Panel<Scalar>,
    itemStep: Int)
  /// C ← alpha·A·B + beta·C, rounded as by `multiplyPanels`, for few columns: A's rows, `rowStep` apart, are read once as they lie in memory.
  /// B's rows are packed to `bStride` numbers, a whole number of vectors.
  func multiplyThin(
    _ a: UnsafePointer<Scalar>, rowStep: Int, _ b: UnsafePointer<Scalar>, bStride: Int, inner: Int, alpha: Scalar, beta: Scalar,
    into c: Panel<Scalar>)
  /// c[i·rowStep + j·columnStep] ← alpha·x_i·y_j + beta·c for rows of X and Y that are contiguous, few of them in Y.
  func rowProducts(
    _ x: UnsafePointer<Scalar>, xStride: Int, xRows: Int, _ y: UnsafePointer<Scalar>, yStride: Int, yRows: Int, inner: Int,
    alpha: Scalar, beta: Scalar, into c: UnsafeMutablePointer<Scalar>, rowStep: Int, columnStep: Int)
  /// c[i·rowStep + j·columnStep] ← alpha·Σ_p x[p, i]·y[p·yInnerStep + j·yStep] + beta·c: X is read row by row, few columns in Y.
  func columnProducts(
    _ x: UnsafePointer<Scalar>, xStride: Int, xColumns: Int, _ y: UnsafePointer<Scalar>, yInnerStep: Int, yStep: Int, yColumns: Int,
    inner: Int, alpha: Scalar, beta: Scalar, into c: UnsafeMutablePointer<Scalar>, rowStep: Int, columnStep: Int)
  /// B ← op(L)⁻¹ B for a small triangle L `[size, size]` and `b` `[size, columns]`.
  func solveTriangle(
    _ l: UnsafePointer<Scalar>, lStride: Int, size: Int, transposed: Bool, _ b: UnsafeMutablePointer<Scalar>, bStride: Int, columns: Int)

  // MARK: Kernels of blocks

  /// One layer for a tile: `rowVariance` `[rows]`, or `[stride]` if the tile is paired, and `columnVariance` `[stride]` in front of the activation, after the affine map.
  func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, rowVariance: UnsafePointer<Scalar>, columnVariance: UnsafePointer<Scalar>)
  /// One layer with derivatives in q12 and in the column's own variance; `columnSlope` `[stride]` is the derivative of
  /// `columnVariance` in the latter.
  func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>, rowVariance: UnsafePointer<Scalar>,
    columnVariance: UnsafePointer<Scalar>, columnSlope: UnsafePointer<Scalar>)
  /// Numbers of a tile below the diagonal to their places above it: out[j·rowStride + i] ← tile[i·stride + j] where j < i + distance.
  func mirror(
    _ tile: UnsafePointer<Scalar>, stride: Int, rows: Int, columns: Int, distance: Int, into out: UnsafeMutablePointer<Scalar>,
    rowStride: Int)
  /// An affine map that no activation follows, on a tile of `padded` numbers.
  func affine(weight: Double, bias: Double, nngp: UnsafeMutablePointer<Scalar>, ntk: UnsafeMutablePointer<Scalar>, padded: Int)
  /// An affine map that no activation follows, on the derivatives of a tile of `padded` numbers.
  func affine(weight: Double, _ derivatives: PairDerivatives<Scalar>, padded: Int)
  /// The affine map of a stage on variances: leaves q11 in front of the activation in `state`.
  func diagonalAffine(weight: Double, bias: Double, gain: Double, _ state: DiagonalState<Scalar>, padded: Int)
  /// The pointwise layer of a stage on variances and their slopes, after `diagonalAffine`.
  func diagonalPointwise(_ layer: PointwiseLayer, _ state: DiagonalState<Scalar>, padded: Int)
  /// q12 = u·p_j / width for `rows` centres u and points p given by coordinates `[width, pointStride]`.
  func gram(
    centres: UnsafePointer<Scalar>, centreStride: Int, rows: Int, points: UnsafePointer<Scalar>, pointStride: Int, width: Int,
    factor: Scalar, into q12: UnsafeMutablePointer<Scalar>, stride: Int)
  /// factor · Σ_k p_k² for `padded` points given by coordinates, rounded as `gram` and `multiplyPanels` round p·p.
  func squares(
    points: UnsafePointer<Scalar>, pointStride: Int, width: Int, factor: Scalar, into squares: UnsafeMutablePointer<Scalar>, padded: Int)
  /// sums[o·sumStride + j] ← sums + Σ_i coefficients[i·coefficientStride + o]·tile[i·stride + j] for `padded` columns j of a tile.
  func accumulate(
    _ tile: UnsafePointer<Scalar>, rows: Int, padded: Int, stride: Int, coefficients: UnsafePointer<Scalar>, coefficientStride: Int,
    outputs: Int, into sums: UnsafeMutablePointer<Scalar>, sumStride: Int)
  /// products[i, o·width + k] ← coefficients[i·coefficientStride + o] · x[i·rowStride + k] for the rows i.
  func scaleRows(
    _ coefficients: UnsafePointer<Scalar>, coefficientStride: Int, outputs: Int, _ x: UnsafePointer<Scalar>, rowStride: Int, width: Int,
    rows: Range<Int>, into products: UnsafeMutablePointer<Scalar>)
  /// jacobian[j·rowStride + o·width + k] ← factor · (2 · own[o, j] · points[k, j] + cross[o·width + k, j]) for the first `present` points j;
  /// overwrites `cross`.
  func finishSlopes(
    _ tile: SlopeTile<Scalar>, factor: Scalar, present: Int, into jacobian: UnsafeMutablePointer<Scalar>, rowStride: Int)
  /// `out` ← a·G_K + b·G_Θ over `count` pairs; a null cotangent counts as 0.
  func contract(
    _ a: UnsafePointer<Scalar>, _ nngpCotangent: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>,
    _ ntkCotangent: UnsafePointer<Scalar>?, into out: UnsafeMutablePointer<Scalar>, count: Int)

  // MARK: Random features

  /// Features of a tile that are evaluated before they are summed.
  var featureBlock: Int { get }
  /// sums ← sums + Σ_m coefficients[m]·φ(x_m) and, with products, Σ_m products[m]·φ′(x_m), in the order of m.
  func features(_ activation: ActivationKind, _ tile: FeatureTile<Scalar>)

  // MARK: Elements and rows

  /// out[p·outStep + r] ← x[r·rowStep + p] for p below `columns` and r below `rows`.
  func transpose(
    _ x: UnsafePointer<Scalar>, rowStep: Int, rows: Int, columns: Int, into out: UnsafeMutablePointer<Scalar>, outStep: Int)
  /// Rows `lines` of a selection to those of another, rounded to the target's precision.
  func copyRows(_ lines: Range<Int>, of source: RowSelection<Double>, to target: RowSelection<Scalar>, columns: Int)
  /// Copies float32 rows `lines` of a selection to those of another, at the target's precision.
  func copyRows(_ lines: Range<Int>, of source: RowSelection<Float>, to target: RowSelection<Scalar>, columns: Int)
  /// `out[e]` ← function(a[e], b[e]); `out` may be `a` or `b`.
  func map(
    _ function: PointFunction, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int)
  /// The reduction of `count` neighbouring numbers.
  func reduce(_ reduction: Reduction, _ x: UnsafePointer<Scalar>, count: Int) -> Scalar
  /// Normals 2·firstBlock … of a stream, `blocks` pairs.
  func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64, blocks: Int, into out: UnsafeMutablePointer<Scalar>)

  // MARK: For tests

  /// out ← the vector function `name` of a (and b).
  func evaluate(
    _ function: VectorFunction, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, into out: UnsafeMutablePointer<Scalar>, count: Int)
}

/// The elementary functions that `RealAlgebra` asks of a vector.
package enum VectorFunction: String, Sendable, CaseIterable {
  /// Functions of `RealAlgebra` by their names.
  case sqrt, exp, expm1, log, log1p, erf, gaussian, sin, cos, atan2, selfDeterminant
}
