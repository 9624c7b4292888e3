import CProcessor
import Compute
import Foundation

/// How many threads compute, and what decided it.
public struct ThreadCount: Sendable, Equatable {
  /// More are refused: a mistyped number would take all threads that the system has.
  public static let most = 1024
  /// The variable that sets the number.
  public static let variable = "ISTHMUS_THREADS"

  /// Number of threads, the caller among them.
  public let count: Int
  /// What decided the number, such as `its set of processors has 1 of 2`.
  public let reason: String

  /// The least of the processors that the system lets this process run on, the processor time that its control groups grant, and what
  /// Slurm gave the task. `ISTHMUS_THREADS` stands in place of them, and `wanted` in place of that.
  ///
  /// - Parameter root: where the system's files are looked for.
  /// - Throws: `.variable` for an `ISTHMUS_THREADS` that is no number from 1 to `most`; `.unavailable` for such a `wanted`.
  public init(
    wanted: Int? = nil, environment: [String: String] = ProcessInfo.processInfo.environment, root: String = "/"
  ) throws(ComputeError) {
    if let wanted {
      guard 1...Self.most ~= wanted else {
        throw .unavailable(backend: "cpu", reason: "\(wanted) threads were asked for; expected 1 to \(Self.most).")
      }
      (count, reason) = (wanted, "as asked for")
      return
    }
    if let text = environment[Self.variable], !text.isEmpty {
      guard let number = Int(text), 1...Self.most ~= number else {
        throw .variable(name: Self.variable, value: text, expected: "a whole number from 1 to \(Self.most)")
      }
      (count, reason) = (number, "\(Self.variable) says so")
      return
    }
    let processors = max(1, ProcessInfo.processInfo.processorCount)
    var (least, decided) = (min(processors, Self.most), "the machine has \(processors) processor\(processors == 1 ? "" : "s")")
    func limit(_ other: Int?, _ text: (Int) -> String) {
      if let other, max(1, other) < least { (least, decided) = (max(1, other), text(other)) }
    }
    limit(Self.allowedProcessors) { "the process may run on \($0) of \(processors) processors (taskset, cpuset)" }
    if let quota = ProcessorQuota(root: root)?.processors {
      limit(Int(min(quota, Double(Self.most)))) { _ in
        "its control group grants the time of \(String(format: "%.3g", quota)) of \(processors) processors"
      }
    }
    limit(environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) }) { "SLURM_CPUS_PER_TASK is \($0)" }
    (count, reason) = (least, decided)
  }

  /// Processors that the system lets this process run on; nil where it does not tell.
  private static var allowedProcessors: Int? {
    let allowed = processor_allowed()
    defer { processor_free(allowed) }
    return allowed == nil ? nil : Int(processor_count(allowed))
  }
}
