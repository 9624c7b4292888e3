import Datasets
import Foundation
import Results

/// One file with changed bytes, read by what reads such files.
struct Readings {
  /// Of the changed file.
  private let folder: URL
  private let records: [UInt8]
  private let manifest: [UInt8]
  private let checkpoint: [UInt8]

  /// - Parameter run: a sound run.
  init(in folder: URL, run: URL) throws {
    func contents(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }
    self.folder = folder
    records = try contents(run.appendingPathComponent("records.jsonl"))
    manifest = try contents(run.appendingPathComponent("manifest.json"))
    let file = folder.appendingPathComponent("sound.bin")
    try Checkpoint(state: ["step": 3], arrays: ["a": CheckpointArray(shape: [2, 2], [1, 2, 3, 4])]).write(to: file.path)
    checkpoint = try contents(file)
  }

  /// Changes a file and reads it.
  ///
  /// - Throws: what the reader says of it.
  func read(using random: inout Generator) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appendingPathComponent(name)) }
    func mutate(_ bytes: [UInt8]) -> [UInt8] { Mutation.mutate(bytes, command: "false", using: &random) }
    switch random.below(4) {
    case 0:
      try write("records.jsonl", mutate(records))
      _ = try RunRecords.read(folder)
    case 1:
      try write("manifest.json", mutate(manifest))
      _ = try Manifest.read(folder)
    case 2:
      try write("checkpoint.bin", mutate(checkpoint))
      _ = try Checkpoint.read(folder.appendingPathComponent("checkpoint.bin").path)
    default:
      let sample = random.pick(Samples.all), changed = random.pick(sample.files).name
      for file in sample.files { try write(file.name, file.name == changed ? mutate(file.bytes) : file.bytes) }
      _ = try DataSource.parse(sample.source(in: folder.path + "/")).load()
    }
  }
}
