import Dispatch
import Foundation
import Results
import Synchronization
import TestSupport
import Testing

/// What a plan says of memory is a bound of what the run takes, and no idle one.
///
/// The peak is the kernel's own count of the program's pages (`peakMemory` of `--json`), against `memory`, which the same plan gave.
@Suite(.serialized) struct MemoryTests {
  /// Settings that make one part of a run large each: points, features, outputs, kernel points, widths, histories, kinds of baseline.
  static let settings = [
    "bottleneck --train 40 --test 20",
    "bottleneck --train 900 --test 800",
    "bottleneck --train 1200 --test 20 --bottlenecks inf",
    "bottleneck --train 100 --test 50 --target onehot --kernel-points 100",
    "bottleneck --train 100 --test 50 --target onehot --kernel-points 0 --bottlenecks 4 --draws 2",
    "bottleneck --data csv:classes.csv --train 200 --test 50 --target onehot --kernel-points 30",
    "bottleneck --data csv:classes.csv --train 200 --test 50 --target onehot --bottlenecks inf",
    "bottleneck --train 40 --test 20 --first-width 1400",
    "bottleneck --train 40 --test 20 --first-width 1500 --depth 2",
    "bottleneck --train 60 --test 20 --feature-width 100000",
    "bottleneck --train 40 --test 20 --upper-depth 2 --feature-width 1500",
    "bottleneck --train 200 --test 50 --history exact --steps 40 --twin same --bottlenecks 4",
    "bottleneck --train 200 --test 50 --activation relu --steps 30 --batch 20 --draws 3",
    "bottleneck --train 300 --test 50 --momentum 0.5 --steps 10",
    "bottleneck --train 200 --test 50 --target onehot --loss softmax --steps 5",
    "bottleneck --train 600 --test 100 --compare own --draws 2 --bottlenecks 2",
    "bottleneck --train 200 --test 20 --compare own --draws 2 --bottlenecks 4 --own-fractions 0.5,0.9 --steps 9",
    "bottleneck --train 200 --test 20 --compare own --draws 1 --bottlenecks 8 --own-fractions 0.9 --steps 7 --twin all",
    "bottleneck --train 100 --test 30 --bottlenecks 64 --twin same",
    "bottleneck --train 100 --test 30 --bottlenecks 2x2x2 --twin same",
    "bottleneck --train 400 --test 400 --theta-storage recomputed --steps 2",
    "bottleneck --data gaussian:features=2000,count=2000 --train 300 --test 100",
    "bottleneck-depth --train 60 --test 30 --bottlenecks 1,1x1 --draws 1",
    "bottleneck-scaling --points 40,400 --scales 1,10 --test 50 --draws 1 --bottlenecks 1",
    "finite-width --bottlenecks 2 --widths 64 --draws 2",
    "finite-width --bottlenecks 2 --widths 2048 --draws 4",
    "finite-width --bottlenecks 2x2 --widths 300 --draws 3 --first-depth 2 --upper-depth 2",
    "finite-width --data digits --target onehot --bottlenecks 2 --widths 256 --draws 2 --train 40 --test 20 --kernel-points 40",
    "lazy-feature --train 60 --test 60 --widths 20 --alphas 1 --draws 2",
    "lazy-feature --train 200 --test 400 --widths 400 --alphas 1,100 --draws 2 --kernels both",
    "lazy-feature --train 100 --test 100 --widths 200 --alphas 1 --draws 3 --method adam --batch 20 --loss hinge",
    "lazy-feature --train 40 --test 40 --widths 30 --alphas 1 --draws 1 --components 10 --kernel-points 20",
    "linear-acceleration --widths 64",
    "linear-acceleration --widths 64,1024 --layers-g 3 --layers-f 3 --inputs 30",
    "multilinearity --networks 2+2 --widths 32",
    "multilinearity --networks 4,2+2 --widths 200 --members 3",
  ]

  /// Few steps and nothing else that takes time; later options win.
  private static let quick: [Substring: String] = [
    "bottleneck": "--bottlenecks 1 --draws 1 --steps 4 --compare same --twin none --stop-at 0 --readings 3 --feature-width 256",
    "bottleneck-depth": "--draws 1 --steps 3 --compare same --twin none --readings 3 --feature-width 256",
    "bottleneck-scaling": "--steps 3 --readings 3 --feature-width 256",
    "finite-width": "--steps 4 --readings 2",
    "lazy-feature": "--steps 4 --kernels none",
    "linear-acceleration":
      "--target-norms 1 --bottlenecks 1 --spectrum 0 --start raw --draws 1 --depths 1,2 --powers 2 --steps 4 --modes 1 --tolerance 1e-5",
    "multilinearity": "--members 2 --iterations 3 --samples 1 --steps 3 --orders 2",
  ]

  /// Allocators keep pages, and a run may end before it has needed all: a plan may be three times the peak and the program itself.
  private static let slack = 200_000_000

  @Test func thePlanBoundsThePeak() throws {
    let folder = try TemporaryFolder()
    // Sixty classes of five features.
    try folder.write(
      "classes.csv", (0..<300).map { row in (0..<5).map { "\(row * (7 + $0) % 23)," }.joined() + "\(row % 60)\n" }.joined())
    let place = folder.url
    let faults = Mutex<[String]>([])
    // Each run has one thread, so that they do not wait for each other.
    DispatchQueue.concurrentPerform(iterations: Self.settings.count) { index in
      let fault: String?
      do { fault = try Self.fault(Self.settings[index], results: "results\(index)", in: place) } catch { fault = "\(error)" }
      if let fault { faults.withLock { $0.append("\(Self.settings[index]): \(fault)") } }
    }
    let found = withExtendedLifetime(folder) { faults.withLock { $0 } }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    #expect(Self.settings.count >= 30)
  }

  /// The drivers of all devices are loaded, also where the processor is chosen: they are the most of a small run.
  @Test func driversThatAreLookedAtAreCounted() throws {
    let folder = try TemporaryFolder()
    let devices = try JSONValue(parsing: Array(Invocation(["devices", "--json"], in: folder.url).output.utf8))
    guard case .array(let list) = devices else { return }
    // What the driver of a device that is chosen takes is not counted.
    guard list.contains(where: { $0["isDefault"] == .bool(true) && $0["identifier"] == .string("cpu") }) else { return }
    let fault = try withExtendedLifetime(folder) {
      try Self.fault("bottleneck --train 40 --test 20", on: [], results: "results", in: folder.url)
    }
    #expect(fault == nil, "\(fault ?? "")")
  }

  /// What is wrong with the plan of one run; nil where its bound holds and is no idle one.
  private static func fault(
    _ text: String, on device: [String] = ["--device", "cpu", "--threads", "1"], results: String, in folder: URL
  ) throws -> String? {
    let words = text.split(separator: " ")
    let arguments = ["run", String(words[0])] + (quick[words[0], default: ""].split(separator: " ") + words.dropFirst()).map(String.init)
    let invocation = try Invocation(
      arguments + device + ["--no-plots", "--json", "--results", results], in: folder)
    guard invocation.exitCode == 0 else { return invocation.testDescription }
    let json = try JSONValue(parsing: Array(invocation.output.utf8))
    guard case .integer(let planned)? = json["memory"], case .integer(let peak)? = json["peakMemory"] else {
      return "memory and peakMemory are missing"
    }
    if peak > planned { return "the peak is \(peak), the plan says at most \(planned)" }
    return planned > 3 * peak + Int128(slack) ? "the plan says \(planned), the peak is only \(peak)" : nil
  }
}
