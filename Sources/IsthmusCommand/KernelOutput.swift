import Compute
import Dispatch
import DurableFiles
import Foundation
import NumPyFormat
import Synchronization

/// The files of one `isthmus kernel`: rows are checked and written beside the computation of those after them, and the files get
/// their names at the end, when all of them are complete.
final class KernelOutput {
  private let folder: URL
  private let files: [KernelFile]
  private var positions: [NamedPositions] = []
  /// Bytes of all numbers.
  let byteCount: Int

  private struct NamedPositions {
    let url: URL
    let positions: [Int]
  }

  /// Checks that the disk has room and begins the files, which have no names of their own yet.
  ///
  /// - Parameter folder: made if it does not exist.
  /// - Throws: `CommandLineError.kernelTooLarge`, `.noRoom`; `FileError`.
  init(in folder: URL, _ kinds: [KernelKind], rows: Int, columns: Int, _ engine: Engine) throws {
    let (entries, isLarge) = rows.multipliedReportingOverflow(by: columns)
    let (bytes, isLarger) = entries.multipliedReportingOverflow(by: kinds.count * engine.precision.byteCount)
    guard !isLarge, !isLarger else { throw CommandLineError.kernelTooLarge(rows: rows, columns: columns) }
    self.folder = folder
    byteCount = bytes
    try DurableFile.createFolder(folder)
    ReplacementFile.removeLeftovers(in: folder, of: KernelKind.allCases.map { "\($0).npy" })
    let available = try DurableFile.availableBytes(in: folder)
    guard bytes <= available else { throw CommandLineError.noRoom(path: folder.path, expectedBytes: bytes, availableBytes: available) }
    files = try kinds.map { try KernelFile(folder.appendingPathComponent("\($0).npy"), $0, rows: rows, columns: columns, engine) }
  }

  /// Every file with its name and what it holds.
  var contents: [(name: String, url: URL, text: String)] {
    files.map { ($0.kind.rawValue, $0.url, $0.text) }
      + positions.map { ($0.url.deletingPathExtension().lastPathComponent, $0.url, "\($0.positions.count), int64") }
  }

  /// Puts `NAME-rows.npy` beside the kernels: where their points lie in the data, counted from 0.
  func add(_ positions: [Int], of name: String) {
    self.positions.append(NamedPositions(url: folder.appendingPathComponent("\(name)-rows.npy"), positions: positions))
  }

  /// Takes whole rows of each kernel; returns while they are being written, but waits for those before them.
  ///
  /// - Throws: what went wrong with the rows before.
  func write(_ rows: Range<Int>, nngp: Tensor?, ntk: Tensor?) throws {
    for file in files {
      guard let panel = file.kind == .nngp ? nngp : ntk else { continue }
      try file.write(panel, rows: rows)
    }
  }

  /// Waits until all numbers are on the disk, then names the files.
  func publish() throws {
    for file in files { try file.synchronise() }
    for file in files { try file.wait() }
    // Of two commands with one folder the files of one replace those of the other, never some of them.
    let lock = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if lock >= 0 { close(lock) } }
    if lock >= 0 { flock(lock, LOCK_EX) }
    for file in files { try file.publish() }
    for each in positions {
      var bytes = NPYHeader(descr: "\(NPYHeader.nativeOrder)i8", shape: [each.positions.count]).encoded
      each.positions.map(Int64.init).withUnsafeBytes { bytes.append(contentsOf: $0) }
      try DurableFile.replace(each.url, with: bytes)
    }
  }

  /// Ends the writing after a failure; what was written goes away with this object.
  func abandon() { files.forEach { $0.abandon() } }
}

/// One kernel on its way to its file, on a thread of its own where one can be started.
private final class KernelFile: Sendable {
  let kind: KernelKind
  let url: URL
  let text: String
  private let engine: Engine
  private let check: KernelCheck
  private let state: Mutex<State>
  private let isAbandoned = Atomic(false)
  private let queue: DispatchQueue
  private let flushing: DispatchQueue
  private let flushFailure = Mutex<(any Error)?>(nil)
  /// Free unless rows are being written: so the results of two panels at most are in memory.
  private let turn = DispatchSemaphore(value: 1)

  private struct State: ~Copyable {
    /// The unfinished file; nil once it has its name, or after a failure.
    var file: ReplacementFile?
    var failure: (any Error)?
  }

  init(_ url: URL, _ kind: KernelKind, rows: Int, columns: Int, _ engine: Engine) throws {
    (self.url, self.kind, self.engine) = (url, kind, engine)
    text = "\(rows) by \(columns), \(engine.precision)"
    check = KernelCheck(kind: kind, precision: engine.precision, columns: columns)
    queue = DispatchQueue(label: "isthmus.kernel.\(kind)")
    flushing = DispatchQueue(label: "isthmus.kernel.\(kind).flush")
    let file = try ReplacementFile(of: url)
    let header = NPYHeader(descr: "\(NPYHeader.nativeOrder)f\(engine.precision.byteCount)", shape: [rows, columns]).encoded
    try header.withUnsafeBytes { bytes in Result { () throws(FileError) in try file.append(bytes) } }.get()
    state = Mutex(State(file: file))
  }

  func write(_ panel: Tensor, rows: Range<Int>) throws {
    try enqueue { [self] file in
      try engine.forEachRows(of: panel) { part, numbers in
        guard !isAbandoned.load(ordering: .relaxed) else { return }
        try check.check(rows.lowerBound + part.lowerBound..<rows.lowerBound + part.upperBound, numbers)
        try file.append(numbers)
      }
      flush(file.descriptor)
    }
  }

  /// Brings what was appended to the disk meanwhile, so that at the end there is less to wait for.
  private func flush(_ descriptor: Int32) {
    let own = dup(descriptor)
    guard own >= 0 else { return }
    Self.run(on: flushing) { [self] in
      // A fault is told once; it must not be lost here.
      if fsync(own) != 0 { flushFailure.withLock { $0 = FileError.cannotWrite(path: url.path, reason: String(cString: strerror(errno))) } }
      close(own)
    }
  }

  func synchronise() throws { try enqueue { file in try file.synchronise() } }

  /// - Throws: what went wrong.
  func wait() throws {
    drain()
    if let failure = state.withLock({ $0.failure }) ?? flushFailure.withLock({ $0 }) { throw failure }
  }

  func publish() throws {
    try state.withLock { state in
      guard let file = state.file.take() else { return }
      try file.commit()
    }
  }

  func abandon() {
    isAbandoned.store(true, ordering: .relaxed)
    drain()
    state.withLock { $0.file = nil }
  }

  private func drain() {
    guard Self.canRunBeside else { return }
    queue.sync {}
    flushing.sync {}
  }

  private static func run(on queue: DispatchQueue, _ work: @escaping @Sendable () -> Void) {
    if canRunBeside { queue.async(execute: work) } else { work() }
  }

  /// Whether a thread can be started: a queue waits for one without end.
  private static let canRunBeside: Bool = {
    var thread = pthread_t()
    guard pthread_create(&thread, nil, { _ in nil }, nil) == 0 else { return false }
    return pthread_join(thread, nil) == 0
  }()

  /// Does something with the file when what was asked for before is done; nothing after a failure.
  private func enqueue(_ work: @escaping @Sendable (borrowing ReplacementFile) throws -> Void) throws {
    turn.wait()
    if let failure = state.withLock({ $0.failure }) {
      turn.signal()
      throw failure
    }
    Self.run(on: queue) { [self] in
      state.withLock { state in
        do {
          guard let file = state.file.take() else { return }
          try work(file)
          state.file = consume file
        } catch {
          state.failure = error
        }
      }
      turn.signal()
    }
  }
}
