import Compute

/// The parts of a computation to which a profile adds up its time; those of a step stand within it.
extension ProfilePart {
  /// One step of all runs in lockstep.
  static let step = ProfilePart("step")
  /// The forward pass before the first step.
  static let start = ProfilePart("start")
  static let testPoints = ProfilePart("test points")
  /// Kernels between all points, as far as they are kept.
  public static let firstBlock = ProfilePart("first block")
  /// g_0 from its Gaussian process.
  public static let draws = ProfilePart("draws of the first block")
  /// Θ_F on some points, to be recorded.
  static let kernelReadings = ProfilePart("kernel readings")
  static let eigenvalues = ProfilePart("eigenvalues")
  /// Θ_0 C.
  static let tangentProduct = ProfilePart("Θ_0 product")
  /// What training has added to the later blocks, at all points.
  static let readPasses = ProfilePart("read passes")
  static let initialFunctions = ProfilePart("initial functions")
  /// K(U, z)ηδ.
  static let writePasses = ProfilePart("write passes")
  /// L⁻¹ and L⁻ᵀ of the bases.
  static let solves = ProfilePart("solves")
  /// Which points may have left the span.
  static let lookBounds = ProfilePart("when to look")
  static let pivotGrowth = ProfilePart("pivot growth")
  static let backward = ProfilePart("loss and backward")
}
