// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Programs that are timed beside other libraries; not part of the library's own build.
let library = Context.packageDirectory + "/.."

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

func program(_ name: String, usesLibrary: Bool = true) -> Target {
  let isthmus: [Target.Dependency] = usesLibrary ? [.product(name: "Isthmus", package: "Isthmus")] : []
  return .executableTarget(name: name, dependencies: ["Exchange"] + isthmus, swiftSettings: settings)
}

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Isthmus", path: library)],
  targets: [
    .target(name: "Exchange", swiftSettings: settings),
    program("BlockKernel"),
    program("Product"),
    program("BLASProduct", usesLibrary: false),
    program("TrainingStep"),
  ]
)
