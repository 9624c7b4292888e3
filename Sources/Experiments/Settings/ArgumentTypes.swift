import ArgumentParser
import Datasets
import Learning
import Losses
import YAMLFiles

extension TargetKind: ExpressibleByArgument {}
extension InputPreparation: ExpressibleByArgument {}
extension Loss: ExpressibleByArgument {}
extension PointOrder: ExpressibleByArgument {}
extension KernelStorage: ExpressibleByArgument {}

extension NetworkFile {
  /// Help of the setting `network`.
  static let help = ArgumentHelp(
    "YAML file with the network, as for `isthmus kernel`, in place of depths, activation and variances; --bottlenecks then are its own.",
    valueName: "file")
  /// Files that a shell offers for it.
  static var completion: CompletionKind { .file(extensions: ["yaml", "yml"]) }
}
