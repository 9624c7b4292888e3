import Datasets
import Foundation
import Results
import Testing

/// Inputs that nobody means, made at random: the program ends each with one of its exit codes and a message, and does nothing else.
///
/// `FUZZ_SECONDS` says for how long, `FUZZ_SEED` with which choices; `make fuzz` sets both. A failing input is kept in `.build/fuzz`, with
/// the command that shows the failure again. A reader that ends the tests leaves what it read in `.build/fuzz/reading`.
@Suite(.serialized) struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["FUZZ_SECONDS"].flatMap { Double($0) } ?? 12
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 17
  private static let kept = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    .appendingPathComponent(".build/fuzz")

  /// Choices of attempt `number`: each has its own, so that one can be had again without those before it.
  private static func generator(_ number: Int) -> Generator { Generator(seed: seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95) }

  /// Two thirds of the time: the program as a whole.
  @Test func everyInputEndsInOrder() throws {
    let program = try Program(), small = try SmallRuns(program)
    let clock = ContinuousClock.now
    var attempts = 0, commands = 0
    while (ContinuousClock.now - clock) / .seconds(1) < Self.seconds * 2 / 3 {
      var random = Self.generator(attempts)
      let kind = Attempts.allCases[attempts % Attempts.allCases.count], sandbox = try Sandbox()
      for arguments in try kind.prepare(sandbox, program, small, &random) {
        let child = try program.run(arguments, in: sandbox)
        commands += 1
        guard let fault = Verdict.fault(of: child, in: sandbox) else { continue }
        let command = try keep(sandbox, arguments, program, name: "\(Self.seed)-\(attempts)")
        let message = String(decoding: child.errors.suffix(400), as: UTF8.self).debugDescription
        Issue.record("seed \(Self.seed), attempt \(attempts) (\(kind)): \(fault)\n  \(command)\n  \(message)")
        break
      }
      attempts += 1
    }
    print("fuzz: \(attempts) attempts, \(commands) commands with seed \(Self.seed)")
    #expect(attempts > 0)
  }

  /// The rest of the time: readers of files, which are quick, within this process.
  @Test func everyReaderEndsInOrder() throws {
    let folder = Self.kept.appendingPathComponent("reading")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let small = try SmallRuns(try Program(), ["bottleneck"]), run = try #require(small.runs.first).directory
    let readings = try Readings(in: folder, run: run)
    let clock = ContinuousClock.now
    var attempts = 0, refused = 0
    while (ContinuousClock.now - clock) / .seconds(1) < Self.seconds / 3 {
      var random = Self.generator(attempts)
      attempts += 1
      do {
        try readings.read(using: &random)
      } catch {
        refused += 1
        #expect(!"\(error)".isEmpty && (error is DatasetError || error is ResultsError), "seed \(Self.seed), reading \(attempts): \(error)")
      }
    }
    print("fuzz: \(attempts) files read, \(refused) refused, with seed \(Self.seed)")
    #expect(refused > 0 && refused < attempts, "files of both kinds are made")
    try FileManager.default.removeItem(at: folder)
  }

  /// Changes of files that are refused anyway would test nothing.
  @Test func samplesAreSound() throws {
    let sandbox = try Sandbox()
    for sample in Samples.all {
      for file in sample.files { try sandbox.write(file.name, file.bytes) }
      #expect(try DataSource.parse(sample.source(in: sandbox.work.path + "/")).load().train.count == 12, "\(sample.source())")
    }
  }

  /// Moves the folder of a failure to where it stays.
  ///
  /// - Returns: the command to see it again.
  private func keep(_ sandbox: Sandbox, _ arguments: [String], _ program: Program, name: String) throws -> String {
    let folder = Self.kept.appendingPathComponent(name)
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: Self.kept, withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: sandbox.work, to: folder)
    let words = [program.executable.path] + arguments
    return "cd \(Self.quoted(folder.path)) && " + words.map(Self.quoted).joined(separator: " ")
  }

  /// For bash, where `$'…'` takes any byte in octal.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.wholeMatch(of: /[A-Za-z0-9_.,:=+\/-]+/) != nil
    return isPlain ? word : "$'" + word.utf8.map { String(format: "\\%03o", Int($0)) }.joined() + "'"
  }
}
