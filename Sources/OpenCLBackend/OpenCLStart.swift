import Compute
import DeviceTuning
import Foundation

/// Choices that OpenCL's devices are started with: all that the environment or a caller chooses, checked before a library is loaded.
public struct OpenCLStart: Sendable {
  static let libraryVariable = "ISTHMUS_OPENCL_LIBRARY"

  /// Path of the library; nil for the system's.
  let library: String?
  /// Whether `library` comes from the environment.
  let isLibraryNamedByVariable: Bool
  /// Texts of the kernels.
  package let texts: KernelTexts
  let tiles: KernelSizes?
  let cache: ProgramCache?
  let store: MeasuredSizeStore?
  let builds: (@Sendable (ProgramBuild) -> Void)?

  /// - Parameters:
  ///   - library: path of a library to load; nil takes `ISTHMUS_OPENCL_LIBRARY` or the system's loader.
  ///   - kernels: directory of kernel texts; nil takes `ISTHMUS_KERNELS` or the embedded texts.
  ///   - store: where sizes of kernels that `isthmus tune` measured are looked for.
  ///   - builds: told of every program that is built from source.
  ///
  /// `ISTHMUS_OPENCL_TILES`, `gpu` or `processor`, chooses the kernels of that kind of device on every device: a simulator or a
  /// driver can so be tested with both. Built programs are kept in the user's cache (`ProgramCache`).
  /// - Throws: `ComputeError.variable` for a mistake in the environment.
  public init(
    library: String? = nil, kernels: String? = nil, store: MeasuredSizeStore? = nil, builds: (@Sendable (ProgramBuild) -> Void)? = nil
  ) throws(ComputeError) {
    try self.init(
      library: library, kernels: kernels, tiles: try KernelSizes.chosen(ProcessInfo.processInfo.environment["ISTHMUS_OPENCL_TILES"]),
      cache: try .chosen(), store: store, builds: builds)
  }

  init(
    library: String? = nil, kernels: String? = nil, tiles: KernelSizes?, cache: ProgramCache?, store: MeasuredSizeStore? = nil,
    builds: (@Sendable (ProgramBuild) -> Void)? = nil
  ) throws(ComputeError) {
    func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    self.library = library ?? variable(Self.libraryVariable)
    isLibraryNamedByVariable = library == nil && self.library != nil
    if let directory = kernels ?? variable(KernelTexts.variable) {
      texts = try KernelTexts(directory: directory)
    } else {
      texts = .embedded
    }
    (self.tiles, self.cache, self.store, self.builds) = (tiles, cache, store, builds)
  }
}
