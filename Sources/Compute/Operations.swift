import WideKernels

/// C ← α op(A) op(B) + β C for every batch item. An operand with batch 1 is shared by all items.
public struct GEMM: Sendable {
  /// Rows or columns of C up to which a backend may sum in another order than it does for more: with more, an element of C has the
  /// same bits whatever the number of others.
  public static let fewColumns = 16

  public var transposeA: Bool
  public var transposeB: Bool
  public var alpha: Double
  public var beta: Double
  /// Write only entries (i, j) with j ≤ i; the rest of C is left as it was.
  public var lowerOnly: Bool

  public init(transposeA: Bool = false, transposeB: Bool = false, alpha: Double = 1, beta: Double = 0, lowerOnly: Bool = false) {
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.alpha = alpha
    self.beta = beta
    self.lowerOnly = lowerOnly
  }
}

/// B ← op(L)⁻¹ B for every batch item, L lower triangular with a non-zero diagonal. Entries above the diagonal are not read.
public struct TriangularSolve: Sendable {
  public var transposed: Bool
  public init(transposed: Bool = false) { self.transposed = transposed }
}

/// target[b, targetRows[i], :] ← source[b, sourceRows[i], :] for every batch item b, rounded where the target has less precision.
///
/// `source` `[batch, n, w]`, `target` `[batch, m, w]`, of any two precisions of the device; other rows of the target stay. Rows of the
/// target are distinct, rows of the source need not be. A list that is nil is 0, 1, 2 … for as many rows as the other asks for.
public struct RowCopyJob: Sendable {
  public var source: Tensor
  public var sourceRows: [Int]?
  public var target: Tensor
  public var targetRows: [Int]?

  public init(source: Tensor, sourceRows: [Int]? = nil, target: Tensor, targetRows: [Int]? = nil) {
    self.source = source
    self.sourceRows = sourceRows
    self.target = target
    self.targetRows = targetRows
  }

  /// How many rows are copied.
  public var count: Int { sourceRows?.count ?? targetRows?.count ?? source.rows }
}

/// NNGP and tangent kernel of one block from covariances of its inputs.
///
/// `gram` `[batch, n, m]` holds q12 = x_i·y_j / width, `rowDiagonal` `[batch, n, 1]` q11 and `columnDiagonal`
/// `[batch, m, 1]` q22, all before the first layer. With `isSymmetric` (n = m, y = x) entries i = j use the diagonal form.
/// With `isPaired` both diagonals have the shape of `gram` and every entry its own covariances; it is then not symmetric.
public struct RecursionJob: Sendable {
  public var program: KernelProgram
  public var gram: Tensor
  public var rowDiagonal: Tensor
  public var columnDiagonal: Tensor
  public var isSymmetric: Bool
  public var isPaired: Bool
  public var nngp: Tensor?
  public var ntk: Tensor?

  public init(
    program: KernelProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, isSymmetric: Bool, isPaired: Bool = false,
    nngp: Tensor?, ntk: Tensor?
  ) {
    self.program = program
    self.gram = gram
    self.rowDiagonal = rowDiagonal
    self.columnDiagonal = columnDiagonal
    self.isSymmetric = isSymmetric
    self.isPaired = isPaired
    self.nngp = nngp
    self.ntk = ntk
  }
}

/// Cotangents of q12, q11 and q22 from cotangents of the two kernels; the off-diagonal form is used for every pair.
///
/// With G_K, G_Θ `[batch, n, m]`: gramCotangent = G_K ∂K/∂q12 + G_Θ ∂Θ/∂q12 `[batch, n, m]`;
/// rowCotangent_i = Σ_j (G_K ∂K/∂q11 + G_Θ ∂Θ/∂q11) `[batch, n, 1]`; columnCotangent_j likewise with q22 `[batch, m, 1]`.
public struct RecursionVJPJob: Sendable {
  public var program: KernelProgram
  public var gram: Tensor
  public var rowDiagonal: Tensor
  public var columnDiagonal: Tensor
  public var nngpCotangent: Tensor?
  public var ntkCotangent: Tensor?
  public var gramCotangent: Tensor
  public var rowCotangent: Tensor
  public var columnCotangent: Tensor

  public init(
    program: KernelProgram, gram: Tensor, rowDiagonal: Tensor, columnDiagonal: Tensor, nngpCotangent: Tensor?, ntkCotangent: Tensor?,
    gramCotangent: Tensor, rowCotangent: Tensor, columnCotangent: Tensor
  ) {
    self.program = program
    self.gram = gram
    self.rowDiagonal = rowDiagonal
    self.columnDiagonal = columnDiagonal
    self.nngpCotangent = nngpCotangent
    self.ntkCotangent = ntkCotangent
    self.gramCotangent = gramCotangent
    self.rowCotangent = rowCotangent
    self.columnCotangent = columnCotangent
  }
}

/// Which of the two kernels of a block.
public enum KernelKind: String, Sendable, CaseIterable {
  case nngp, ntk
}

/// Kernel × coefficients over pairs of points, with nothing of size points × centres stored.
///
/// For every batch item with K the block's kernel on inputs of `width` w = points.columns (q_ij = z_i·u_j / w):
///
///     value[i, o]            = Σ_j K(z_i, u_j) α[j, o]
///     jacobian[i, o·w + k]   = Σ_j ∂K(z_i, u_j)/∂z_i,k α[j, o]  =  Σ_j α[j, o] (K_q11 2 z_i,k + K_q12 u_j,k) / w
///
/// `points` `[batch, n, w]`, `centres` `[batch, R, w]`, `coefficients` `[batch, R, c]`, `value` `[batch, n, c]`,
/// `jacobian` `[batch, n, c·w]` or nil. `centreCounts` (or nil for all R) says how many centres of each item count.
public struct WidePassJob: Sendable {
  public var program: KernelProgram
  public var kind: KernelKind
  public var points: Tensor
  public var centres: Tensor
  public var centreCounts: [Int]?
  public var coefficients: Tensor
  public var value: Tensor
  public var jacobian: Tensor?

  public init(
    program: KernelProgram, kind: KernelKind, points: Tensor, centres: Tensor, centreCounts: [Int]? = nil, coefficients: Tensor,
    value: Tensor, jacobian: Tensor?
  ) {
    self.program = program
    self.kind = kind
    self.points = points
    self.centres = centres
    self.centreCounts = centreCounts
    self.coefficients = coefficients
    self.value = value
    self.jacobian = jacobian
  }
}

/// Value and Jacobian of a function with one hidden layer (random features), with nothing of size points × features stored.
///
/// For every batch item, with x_im = w_m·z_i + β_m:
///
///     value[i, o]        = Σ_m a[m, o] φ(x_im)
///     jacobian[i, o·w + k] = Σ_m a[m, o] φ′(x_im) w[m, k]
///
/// `points` `[batch, n, w]`, `weights` `[batch, M, w]`, `biases` `[batch, M, 1]` or nil, `coefficients` `[batch, M, c]`,
/// `value` `[batch, n, c]`, `jacobian` `[batch, n, c·w]` or nil. A point's sums run in an order that depends on M, w, c and
/// the device alone: neither the other points nor the other items change a bit of them.
public struct FeaturePassJob: Sendable {
  public var activation: any Activation
  public var points: Tensor
  public var weights: Tensor
  public var biases: Tensor?
  public var coefficients: Tensor
  public var value: Tensor
  public var jacobian: Tensor?

  public init(
    activation: any Activation, points: Tensor, weights: Tensor, biases: Tensor?, coefficients: Tensor, value: Tensor, jacobian: Tensor?
  ) {
    self.activation = activation
    self.points = points
    self.weights = weights
    self.biases = biases
    self.coefficients = coefficients
    self.value = value
    self.jacobian = jacobian
  }
}

/// Gram matrix and recursion in one: the kernels of `x` `[batch, n, w]` with `y` `[batch, m, w]`, or with itself where
/// `y` is nil (then all of the symmetric result is written, its diagonal by the diagonal form).
///
/// Covariances of equal rows have equal bits, wherever the rows stand, and so have the kernels made of them: of two equal rows those
/// that the diagonal form gives one of them.
public struct BlockKernelJob: Sendable {
  public var program: KernelProgram
  public var x: Tensor
  public var y: Tensor?
  /// With `y`, the row of it that is the first of `x`, whose others follow: their pairs take the diagonal form. Nil where x is no part of y.
  public var firstRow: Int?
  public var nngp: Tensor?
  public var ntk: Tensor?

  public init(program: KernelProgram, x: Tensor, y: Tensor?, firstRow: Int? = nil, nngp: Tensor?, ntk: Tensor?) {
    self.program = program
    self.x = x
    self.y = y
    self.firstRow = firstRow
    self.nngp = nngp
    self.ntk = ntk
  }

  /// The column of row 0's pair with itself; nil without such pairs.
  public var firstDiagonalColumn: Int? { y == nil ? 0 : firstRow }
}
