import Compute
import DeviceTuning
import DurableFiles
import Foundation

/// What an earlier command found out and a later one need not find out again, one file for each question, in the user's cache.
///
/// Only what nobody else can have written is believed (`PrivateFolder`). Whatever goes wrong here means that the question is asked again.
struct KeptAnswers {
  private static let most = 64
  private let folder: PrivateFolder

  private struct File<Answer: Codable>: Codable {
    /// The whole question: two of them may have one digest.
    var question: String
    var answer: Answer
  }

  /// - Returns: nil where the user has no cache.
  static func named(_ name: String) -> KeptAnswers? { UserCache.folder(name).map { KeptAnswers(folder: PrivateFolder($0)) } }

  func load<Answer: Codable>(_ question: String) -> Answer? {
    guard let data = try? folder.contents(of: Self.name(question)),
      let file = try? JSONDecoder().decode(File<Answer>.self, from: data), file.question == question
    else { return nil }
    return file.answer
  }

  func store(_ answer: some Codable, for question: String) {
    guard let data = try? JSONEncoder().encode(File(question: question, answer: answer)) else { return }
    try? folder.replace(Self.name(question), with: data)
    makeRoom()
  }

  private static func name(_ question: String) -> String { "\(FNV1a(question.utf8).text).json" }

  /// Removes the oldest: with every new driver and environment an answer is left that nobody asks for any more.
  private func makeRoom() {
    let key = URLResourceKey.contentModificationDateKey
    let files = (try? FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: [key])) ?? []
    guard files.count > Self.most else { return }
    let dated = files.map { ($0, (try? $0.resourceValues(forKeys: [key]).contentModificationDate) ?? .distantPast) }
    for (file, _) in dated.sorted(by: { $0.1 < $1.1 }).prefix(files.count - Self.most / 2) { try? FileManager.default.removeItem(at: file) }
  }
}
