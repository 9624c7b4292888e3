// swift-tools-version: 6.2
import Foundation
import PackageDescription

// A plain `swift build` is portable. The Makefile sets ISTHMUS_NATIVE=1, which also builds the CPU backend's hot loops for
// AVX2 and AVX-512; the right one is chosen at run time. The flags are unsafe ones, which SwiftPM takes from versioned
// dependencies too since tools version 6.2: Documentation/library.md.
let environment = ProcessInfo.processInfo.environment
let hasWarningsAsErrors = isOn("ISTHMUS_WARNINGS_AS_ERRORS")

/// A variable that is 1, or else 0 or not set.
func isOn(_ name: String) -> Bool {
  let value = environment[name] ?? ""
  guard ["", "0", "1"].contains(value) else {
    FileHandle.standardError.write(Data("\(name) is '\(value)'; expected 0 or 1. Change or unset it.\n".utf8))
    exit(1)
  }
  return value == "1"
}

#if arch(x86_64)
let buildsNativeLoops = isOn("ISTHMUS_NATIVE")
#else
let buildsNativeLoops = false
#endif

// `make docs` alone needs the plug-in.
let documentation: [Package.Dependency] =
  isOn("ISTHMUS_DOCS") ? [.package(url: "https://github.com/swiftlang/swift-docc-plugin", exact: "1.5.0")] : []

let swiftSettings: [SwiftSetting] =
  [.swiftLanguageMode(.v6)] + (hasWarningsAsErrors ? [.treatAllWarnings(as: .error)] : [])

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

// What only arranges work and prints it. The Makefile's builds do not optimise it: no run would be faster, and a clean build
// would take an eighth longer.
let arrangingSettings: [SwiftSetting] = swiftSettings + (buildsNativeLoops ? [.unsafeFlags(["-Onone"])] : [])

func arrangingModule(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: arrangingSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: swiftSettings)
}

// The CPU backend's hot loops: one source for every instruction set, in folders that are links to the first.
let cpuLoops: [(name: String, flags: [String])] =
  buildsNativeLoops
  ? [
    ("CPUKernels", []), ("CPUKernelsAVX2", ["-mavx2", "-mfma", "-mbmi2"]), ("CPUKernelsAVX512", ["-march=x86-64-v4"]),
  ] : [("CPUKernels", [])]

func cpuLoopTarget(_ name: String, _ flags: [String]) -> Target {
  let native =
    ["-Ounchecked"] + (["-fno-math-errno"] + flags).flatMap { ["-Xcc", $0] } + ["-Xllvm", "-swiftmergefunc-threshold=0"]
  return .target(
    name: name, dependencies: ["CPUKernelInterface", "Compute", "WideKernels", "CVectors"],
    swiftSettings: swiftSettings + (buildsNativeLoops ? [.unsafeFlags(native)] : []))
}

let package = Package(
  name: "Isthmus",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Isthmus", targets: ["Isthmus"]),
    .executable(name: "isthmus", targets: ["IsthmusCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ] + documentation,
  targets: [
    // Files that survive crashes and signals.
    .target(name: "CSignals"),
    module("DurableFiles", ["CSignals"]),
    // Text of files, paths and devices for people to read.
    module("PrintableText"),
    .target(name: "CSpawn"),
    module("Subprocesses", ["CSpawn"]),
    // Mathematics: no device, no input or output.
    module("WideKernels"),
    module("Sizes"),
    module("Networks", ["WideKernels"]),
    module("Matrices"),
    module("Losses", ["Matrices", "WideKernels"]),
    // Devices.
    module("Compute", ["WideKernels"]),
    arrangingModule("DeviceTuning", ["Compute", "DurableFiles"]),
    module("DeviceProperties"),
    arrangingModule(
      "DeviceTiming",
      ["Compute", "DeepLinear", "DeviceTuning", "DurableFiles", "LinearAlgebra", "Losses", "Matrices", "Networks", "WideKernels"]),
    module("DevicePeaks", ["Compute"]),
    module("ReferenceBackend", ["Compute", "WideKernels"]),
    .target(name: "CProcessor"),
    .target(name: "CVectors"),
    module("CPUKernelInterface", ["Compute", "WideKernels"]),
    .target(
      name: "CPUBackend",
      dependencies: ["CPUKernelInterface", "Compute", "CProcessor", "DeviceProperties", "ReferenceBackend", "WideKernels"]
        + cpuLoops.map { .target(name: $0.name) },
      swiftSettings: swiftSettings + (buildsNativeLoops ? [.define("NATIVE_LOOPS")] : [])),
    .target(name: "COpenCL"),
    .target(name: "KernelSources", path: "Kernels", sources: ["KernelSources.c"]),
    module(
      "OpenCLBackend",
      [
        "Compute", "COpenCL", "DevicePeaks", "DeviceProperties", "DeviceTuning", "DurableFiles", "KernelSources", "ReferenceBackend",
        "WideKernels",
      ]),
    arrangingModule("BackendCatalog", ["Compute", "DeviceProperties", "DeviceTuning", "ReferenceBackend", "CPUBackend", "OpenCLBackend"]),
    arrangingModule("JobRecords", ["Compute", "CZlib", "DurableFiles", "Sizes"]),
    module("BackendTestKit", ["Compute", "JobRecords", "PrintableText", "ReferenceBackend", "WideKernels"]),
    // Learning.
    .target(name: "CLAPACK"),
    module("LinearAlgebra", ["Compute", "CLAPACK", "Matrices"]),
    module("DeepLinear", ["Compute", "LinearAlgebra", "Matrices"]),
    module("FiniteNetworks", ["Compute", "LinearAlgebra", "Losses", "Matrices", "Networks", "WideKernels"]),
    module("Learning", ["Compute", "FiniteNetworks", "LinearAlgebra", "Losses", "Matrices", "Networks", "Sizes", "WideKernels"]),
    arrangingModule("LimitComparisons", ["Compute", "FiniteNetworks", "Learning", "LinearAlgebra", "Losses", "Matrices", "Networks"]),
    // Data, experiments, figures.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "DigitsData", exclude: ["README.md", "digits-images-idx3-ubyte", "digits-labels-idx1-ubyte"],
      sources: ["DigitsData.c"]),
    module("NumPyFormat"),
    // Files that people write: settings and networks.
    arrangingModule("YAMLFiles", ["Datasets", "Networks", .product(name: "Yams", package: "Yams")]),
    module("Datasets", ["CZlib", "DigitsData", "DurableFiles", "NumPyFormat"]),
    arrangingModule(
      "Experiments",
      [
        "Compute", "Datasets", "DeepLinear", "DeviceTiming", "FiniteNetworks", "Learning", "LimitComparisons", "LinearAlgebra", "Losses",
        "Matrices", "Networks", "PrintableText", "Results", "Sizes", "StudyRecords", "WideKernels", "YAMLFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    module("Results", ["CZlib", "DurableFiles", "NumPyFormat", "PrintableText"]),
    arrangingModule("Figures", ["CZlib", "DurableFiles", "PrintableText", "Subprocesses"]),
    module("Statistics"),
    arrangingModule("StudyRecords", ["Results"]),
    arrangingModule("Reports", ["Figures", "PrintableText", "Results", "Statistics", "StudyRecords"]),
    arrangingModule(
      "ReportPages",
      [
        "DurableFiles", "Figures", "PrintableText", "Reports", "Results", .product(name: "Mustache", package: "swift-mustache"),
      ]),
    arrangingModule(
      "ExperimentSessions",
      [
        "CRevision", "Compute", "DeviceTiming", "Experiments", "Figures", "LinearAlgebra", "Reports", "Results", "Subprocesses",
        .product(name: "Logging", package: "swift-log"),
      ]),
    arrangingModule(
      "Sweeps",
      [
        "Compute", "DeviceTiming", "DurableFiles", "ExperimentSessions", "Experiments", "Results", "Sizes", "Subprocesses", "WideKernels",
        "YAMLFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    arrangingModule(
      "DeviceBenchmarks",
      [
        "BackendTestKit", "Compute", "DeviceTuning", "Figures", "FiniteNetworks", "Learning", "LinearAlgebra", "Matrices", "Networks",
        "Results", "WideKernels",
      ]),
    module(
      "Isthmus",
      [
        "BackendCatalog", "Compute", "Datasets", "DeepLinear", "DeviceTiming", "DeviceTuning", "ExperimentSessions", "Experiments",
        "Figures", "FiniteNetworks", "Learning", "LimitComparisons", "LinearAlgebra", "Losses", "Matrices", "Networks",
        "ReportPages", "Reports", "Results", "Statistics", "WideKernels", "YAMLFiles",
      ]),
    .target(
      name: "CRevision", cSettings: environment["ISTHMUS_REVISION"].map { [.define("ISTHMUS_REVISION", to: "\"\($0)\"")] } ?? []),
    .executableTarget(
      name: "IsthmusCommand",
      dependencies: [
        "CSignals", "DeviceTiming", "DeviceTuning", "DurableFiles", "LinearAlgebra", "NumPyFormat", "ExperimentSessions",
        "Experiments", "Figures", "PrintableText", "ReportPages", "Reports", "BackendCatalog", "BackendTestKit", "DeviceBenchmarks",
        "DevicePeaks", "DeviceProperties", "JobRecords", "Networks", "Datasets", "Results", "Compute", "Sizes", "Subprocesses", "Sweeps",
        "WideKernels", "YAMLFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: arrangingSettings),
    // Tests.
    .target(name: "TestSupport", dependencies: ["Compute"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
    tests("WideKernelsTests", ["WideKernels"]),
    tests("SubprocessesTests", ["Subprocesses"]),
    tests("CPUBackendTests", ["CPUBackend", "CPUKernelInterface", "CProcessor", "Compute", "WideKernels"]),
    tests("ComputeTests", ["Compute", "ReferenceBackend", "WideKernels"]),
    tests("DeviceTuningTests", ["Compute", "DeviceTuning"]),
    tests(
      "KernelSourceTests", ["BackendTestKit", "COpenCL", "Compute", "DeviceProperties", "DeviceTuning", "OpenCLBackend", "WideKernels"]),
    tests(
      "DeviceBenchmarksTests",
      [
        "BackendCatalog", "Compute", "DeviceBenchmarks", "DevicePeaks", "DeviceTuning", "Figures", "ReferenceBackend", "Results",
        "WideKernels",
      ]),
    tests(
      "ConformanceTests", ["BackendTestKit", "BackendCatalog", "CPUBackend", "Compute", "JobRecords", "ReferenceBackend", "WideKernels"]),
    tests("NetworksTests", ["Networks", "WideKernels"]),
    tests("NumPyFormatTests", ["NumPyFormat"]),
    tests("DatasetsTests", ["Datasets", "NumPyFormat"]),
    tests("DurableFilesTests", ["CSignals", "DurableFiles"]),
    tests("PrintableTextTests", ["PrintableText"]),
    tests("ResultsTests", ["DurableFiles", "PrintableText", "Results"]),
    tests("FiguresTests", ["CZlib", "Figures"]),
    tests("StatisticsTests", ["Statistics"]),
    tests("StudyRecordsTests", ["Results", "StudyRecords"]),
    tests("ReportsTests", ["Figures", "Reports", "Results", "Statistics", "StudyRecords"]),
    tests("ReportPagesTests", ["Figures", "PrintableText", "ReportPages", "Reports", "Results"]),
    tests(
      "CommandLineTests",
      [
        "BackendCatalog", "Compute", "Datasets", "DeviceTuning", "ExperimentSessions", "Experiments", "IsthmusCommand", "Networks",
        "PrintableText", "ReferenceBackend", "Results", "WideKernels", "YAMLFiles",
      ]),
    tests("DocumentationTests", ["Isthmus", "Subprocesses"]),
    tests("FuzzTests", ["Compute", "Datasets", "IsthmusCommand", "JobRecords", "ReferenceBackend", "Results", "WideKernels"]),
    tests(
      "SweepsTests",
      ["BackendCatalog", "Compute", "DeviceTiming", "ExperimentSessions", "Experiments", "Results", "Subprocesses", "Sweeps"]),
    tests("MatricesTests", ["Matrices"]),
    tests("LossesTests", ["BackendCatalog", "Compute", "FiniteNetworks", "Losses", "Matrices"]),
    tests("DeepLinearTests", ["Compute", "DeepLinear", "Matrices"]),
    tests("LinearAlgebraTests", ["BackendCatalog", "Compute", "LinearAlgebra"]),
    tests(
      "LearningTests",
      [
        "BackendCatalog", "Compute", "Datasets", "FiniteNetworks", "Learning", "LinearAlgebra", "Losses", "Matrices", "Networks",
        "WideKernels",
      ]),
    tests(
      "FiniteNetworksTests",
      ["BackendCatalog", "Compute", "FiniteNetworks", "LinearAlgebra", "Losses", "Matrices", "Networks", "WideKernels"]),
    tests(
      "LimitComparisonsTests",
      ["BackendCatalog", "Compute", "FiniteNetworks", "Learning", "LimitComparisons", "Losses", "Matrices", "Networks", "WideKernels"]),
    tests(
      "ExperimentsTests",
      [
        "BackendCatalog", "Compute", "Datasets", "DeviceTiming", "Experiments", "FiniteNetworks", "Learning", "LinearAlgebra", "Matrices",
        "NumPyFormat", "Results", "Sizes", "StudyRecords", "YAMLFiles",
      ]),
    tests(
      "TheoryTests",
      [
        "BackendCatalog", "Compute", "FiniteNetworks", "Learning", "LimitComparisons", "Losses", "Matrices", "Networks", "Statistics",
        "WideKernels",
      ]),
  ],
  cLanguageStandard: .c2x
)

package.targets += cpuLoops.map { cpuLoopTarget($0.name, $0.flags) }
