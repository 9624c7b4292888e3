/// How much a perturbation may grow before a draw counts as sensitive.
enum Sensitivity {
  static let threshold = 100.0
}
