import Foundation
import Testing

/// Every public declaration says what it is, in a first line that a list of symbols can show alone.
@Suite struct CommentTests {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let sources = root.appending(path: "Sources")
  static let hasSources = FileManager.default.fileExists(atPath: sources.path)

  /// All sources; folders of hot loops that are links to the first are not followed.
  static func scanned() throws -> SourceScanner {
    var scanner = SourceScanner()
    let prefix = sources.path + "/"
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.allObjects ?? []
    for case let file as URL in files where file.pathExtension == "swift" && file.path.hasPrefix(prefix) {
      scanner.scan(try String(contentsOf: file, encoding: .utf8), file: String(file.path.dropFirst(prefix.count)))
    }
    return scanner
  }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyPublicDeclarationHasOne() throws {
    let scanner = try Self.scanned(), rules = CommentRules(scanner)
    #expect(scanner.unbalanced.isEmpty, "braces that were not understood: \(scanner.unbalanced)")
    let count = scanner.declarations.count(where: \.isPublic)
    #expect(count > 2500, "too few declarations were found for this test to mean anything")
    for declaration in scanner.declarations where rules.lacksComment(declaration) {
      Issue.record("Sources/\(declaration.file):\(declaration.line): \(declaration.name) has no comment")
    }
  }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyFirstLineMakesSenseAlone() throws {
    let scanner = try Self.scanned(), rules = CommentRules(scanner)
    let count = scanner.declarations.count { !$0.comment.isEmpty }
    #expect(count > 3000, "too few comments were found for this test to mean anything")
    for declaration in scanner.declarations where rules.hasFragment(declaration) {
      Issue.record("Sources/\(declaration.file):\(declaration.commentLine): makes no sense alone: \(declaration.comment[0])")
    }
  }

  @Test(arguments: [
    "Of a `MeteredBackend`.", "The same with derivatives.", "As above", "As `parse`, without its reason.", "Nil for other texts.",
    "Where it starts; nil for where this process is.", "In ascending order.", "That of this process.", "Whether this is a tile.",
    "Its checksum holds, but its header makes no sense.", "For reading.", "With --profile.",
  ])
  func aFragmentIsFound(_ line: String) { #expect(CommentRules.isFragment(line)) }

  @Test(arguments: [
    "What a program may choose before it asks for the first backend.", "How a program ended.",
    "Whether the processor has the instructions.", "One output per class.", "All steps, for a pair of different inputs.",
    "φ(x), for finite networks and quadrature.", "`[1, outputs, inputs]`.", "Where the panels of a Cholesky factor lie.",
    "Bytes of one number.", "This run, continued now.", "The sum of both.",
  ])
  func aSummaryIsNone(_ line: String) { #expect(!CommentRules.isFragment(line)) }

  @Test func publicDeclarationsAreRecognised() {
    var scanner = SourceScanner()
    scanner.scan(
      """
      /// A shape.
      public protocol Shape: Sendable {
        /// Its area.
        var area: Double { get }
        func scaled(by factor: Double) -> Self
      }
      public struct Square: Shape {
        public let side: Double
        public internal(set) var name = "{"
        var hidden = 0
        public init(side: Double, name: String) { (self.side, self.name) = (side, name) }
        public init(length: Double) { self.init(side: length, name: "") }
        public var area: Double { side * side }
        public func scaled(by factor: Double) -> Square { Square(side: side * factor, name: name) }
        @Option(help: "The side (in metres).") public var option = 1
        public static func == (a: Square, b: Square) -> Bool { a.side == b.side }
      }
      public enum Kind {
        case round, flat
      }
      """, file: "Square.swift")
    let rules = CommentRules(scanner)
    #expect(scanner.unbalanced.isEmpty)
    #expect(
      scanner.declarations.filter(rules.lacksComment).map(\.name) == ["scaled", "Square", "side", "name", "init", "Kind", "round"])
    #expect(scanner.declarations.filter(rules.hasFragment).map(\.name) == ["area"])
    #expect(scanner.declarations.first { $0.name == "scaled" }?.line == 5)
  }
}
