import Dispatch
import Foundation
import Results
import Synchronization

/// Ends the process in order on SIGINT and SIGTERM: the run is marked failed, and its user told how to go on.
///
/// Ignores both signals otherwise, until the process ends.
final class Interruption: Sendable {
  static let exitCode: Int32 = 130
  private let isUnderWay = Atomic(false)
  /// Only kept: a source ends with its last reference.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init(of store: ResultsStore) {
    let queue = DispatchQueue(label: "isthmus.interruption")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for source in sources {
      source.setEventHandler { self.end(store) }
      source.resume()
    }
  }

  private func end(_ store: ResultsStore) -> Never {
    isUnderWay.store(true, ordering: .sequentiallyConsistent)
    let clear = Terminal.hasLiveErrors ? "\r\u{1B}[K" : ""
    do {
      try store.fail("interrupted")
      Terminal.writeError("\(clear)interrupted; the same command continues the run in \(store.directory.relativePath)")
    } catch ResultsError.closed {
      Terminal.writeError("\(clear)interrupted; the results in \(store.directory.relativePath) are finished, `isthmus plot` draws them")
    } catch {
      Terminal.writeError("\(clear)interrupted: \(error)")
    }
    // Not `exit`: other threads still compute.
    _exit(Self.exitCode)
  }

  /// After an interruption the work fails in some way that does not matter; then this waits for the end of the process.
  func waitIfUnderWay() {
    while isUnderWay.load(ordering: .sequentiallyConsistent) { pause() }
  }
}
