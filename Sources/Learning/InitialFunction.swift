import FiniteNetworks

/// How a block begins.
public enum InitialFunction: Sendable {
  /// The function of one finite network, wide (random features): over draws its covariance is that of the limit.
  case features(FiniteNetwork)
  /// Symmetrised: two copies that cancel at the start, (f¹ − f²)/√2, with the same tangent kernel.
  case zero
}

/// How what training adds to a block is kept.
public enum HistoryKind: Sendable, Equatable {
  /// An online basis with tolerance ε; at most `rankLimit` pivots.
  case basis(tolerance: Double, rankLimit: Int)
  /// All visited centres.
  case exact
}
