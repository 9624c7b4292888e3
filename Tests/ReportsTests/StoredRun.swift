import Foundation
import Reports
import Results
import TestSupport
import Testing

/// A run with the given records, in a folder of its own that goes away with it; of the run without them nothing is drawn.
struct StoredRun {
  let directory: URL
  private let folder: TemporaryFolder

  init(of figures: any RunFigures.Type, _ records: [Record]) throws {
    folder = try TemporaryFolder()
    let description = try RunDescription(experiment: figures.experiment, identity: [1], parameters: [1])
    let store = try ResultsStore.open(description, in: folder.url)
    #expect(try figures.figures(from: store.directory).isEmpty)
    for record in records { try store.append(record) }
    directory = store.directory
  }
}
