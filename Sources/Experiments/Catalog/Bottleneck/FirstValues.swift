import Matrices

/// g_0 of a start at all points.
struct FirstValues {
  var train, test: Matrix
  /// Values at further points; without rows where there are none.
  var further: Matrix
}
