// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Programs that are timed beside other libraries; not part of the library's own build.
let library = Context.packageDirectory + "/.."

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Isthmus", path: library)],
  targets: [
    .executableTarget(
      name: "TrainingStep", dependencies: [.product(name: "Isthmus", package: "Isthmus")], swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
