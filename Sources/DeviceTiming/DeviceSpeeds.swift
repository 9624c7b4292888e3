import Compute

/// What a device takes for work of every kind, measured once: of it and the settings alone plans say how long a run takes.
///
/// A plan performs its work on an engine that does nothing and notes every job (`seconds(like:preparing:_:)`); each is then looked up in the curve of
/// its kind. What work comes to pass in a run follows from numbers that nobody knows before (steps to a margin, ranks of bases): those are
/// guesses of the experiments.
public struct DeviceSpeeds: Sendable, Equatable {
  /// A kind of work at a precision; what both precisions do alike is float64.
  struct Key: Hashable, CustomStringConvertible {
    let kind: WorkKind
    let precision: Precision

    init(_ kind: WorkKind, _ precision: Precision) { (self.kind, self.precision) = (kind, kind.isOfDevice ? precision : .float64) }

    /// The name in files, such as `float64/map`.
    var description: String { "\(precision.rawValue)/\(kind.rawValue)" }
  }

  var curves: [Key: SpeedCurve] = [:]

  /// Speeds of nothing: every time is 0.
  public init() {}

  /// Whether every kind of work was measured at a precision; what the host has no library for was not.
  func covers(_ precision: Precision) -> Bool {
    WorkKind.allCases.allSatisfy { $0 == .hostEigenvalues || curves[Key($0, precision)] != nil }
  }

  /// Seconds of work of one kind; 0 where it was not measured.
  package func seconds(_ kind: WorkKind, _ precision: Precision = .float64, size: Double) -> Double {
    curves[Key(kind, precision)]?.seconds(size) ?? 0
  }

  /// Seconds of multiply-adds in the host's loops over kernels between several outputs.
  package func hostTerms(_ count: Double) -> Double { curves.isEmpty ? 0 : 1.5e-9 * count }

  /// Seconds of all that `body` asks of the engine that it is given, which is like `engine` and performs nothing.
  ///
  /// - Parameter prepare: makes on that engine what the body needs, and takes no time.
  package func seconds<Ready>(
    like engine: Engine, preparing prepare: (Engine) throws -> Ready, _ body: (Engine, Ready) throws -> Void
  ) throws -> Double {
    // Speeds of nothing say 0 of everything.
    if curves.isEmpty { return 0 }
    return try Rehearsal.work(like: engine, preparing: prepare, body).reduce(0) { sum, work in
      sum + (work.sizes.map { seconds($0.kind, work.precision, size: $0.size) }.max() ?? 0)
    }
  }

  /// Seconds of all that `body` asks of the engine that it is given.
  package func seconds(like engine: Engine, _ body: (Engine) throws -> Void) throws -> Double {
    try seconds(like: engine, preparing: { _ in }) { idle, _ in try body(idle) }
  }
}

extension WorkKind {
  /// Whether the device does the work at a precision; transfers are as quick in both.
  var isOfDevice: Bool {
    switch self {
    case .upload, .download, .allocation, .hostNormals, .hostPoints, .hostFlow, .hostEigenvalues: false
    default: true
    }
  }
}
