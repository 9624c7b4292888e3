import Compute
import PrintableText

extension ComputeError: ExplainedError {
  public var summary: String {
    if case .kernelBuildFailed(let device, let kernel, _) = self { "\(device) could not build \(kernel):" } else { description }
  }

  /// What the driver's compiler wrote.
  public var explanation: String {
    if case .kernelBuildFailed(_, _, let log) = self { log } else { "" }
  }
}
