/// √Σ v², also where the squares overflow or vanish and the root does not.
public func euclideanNorm(_ values: some Collection<Double>) -> Double {
  let sum = values.reduce(0) { $0 + $1 * $1 }
  if sum > 1e-280, sum.isFinite { return sum.squareRoot() }
  let largest = values.reduce(0) { max($0, abs($1)) }
  guard largest > 0, largest.isFinite else { return sum.squareRoot() }
  return largest * values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
}
