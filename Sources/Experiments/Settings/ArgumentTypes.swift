import ArgumentParser
import Datasets
import Learning
import Losses

extension TargetKind: ExpressibleByArgument {}
extension InputPreparation: ExpressibleByArgument {}
extension Loss: ExpressibleByArgument {}
extension PointOrder: ExpressibleByArgument {}
extension KernelStorage: ExpressibleByArgument {}
