import Foundation
import Results
import TestSupport
import Testing

/// Data files from the command line: how they are read is told and recorded, what is wrong with them is named.
@Suite struct DataTests {
  private static let run = [
    "run", "bottleneck", "--device", "cpu", "--bottlenecks", "1", "--draws", "1", "--compare", "same", "--twin", "none",
  ]
  private static let letters = (0..<12).map { "\($0 * $0 % 7).5,\($0 % 4),\(1 + $0 % 5)\n" }.joined()

  @Test func whichClassIsWhichOutputIsToldAndRecorded() throws {
    let folder = try TemporaryFolder()
    try folder.write("letters.csv", Self.letters)
    let arguments =
      Self.run + ["--data", "csv:letters.csv", "--train", "9", "--test", "3", "--steps", "1", "--target", "onehot", "--no-plots"]
    let note = "5 classes have points, in this order: 1, 2, 3, 4, 5; no point has class 0"
    let plan = try Invocation(arguments + ["--plan"], in: folder.url)
    #expect(plan.output.contains("5 output(s)") && plan.output.contains(note), "\(plan.testDescription)")
    let invocation = try Invocation(arguments, in: folder.url)
    #expect(invocation.exitCode == 0 && invocation.output.contains(note), "\(invocation.testDescription)")
    let run = try #require(RunListing.runs(in: folder.url.appendingPathComponent("results")).first)
    let first = "letters.csv: line 1 is the first point (header=yes would make it the names of the columns); target: column 3 of 3"
    #expect(try Manifest.read(run.directory).dataNotes == [first, note])
    // The same command reads the data alike.
    #expect(try Invocation(arguments, in: folder.url).exitCode == 0)
  }

  @Test func kernelTellsHowDataWereRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("letters.csv", Self.letters)
    try folder.write("net.yaml", "hidden: [relu]\noutputs: 1\n")
    let arguments = ["kernel", "--network", "net.yaml", "--data", "csv:letters.csv", "--out", "k", "--device", "reference"]
    let plain = try Invocation(arguments, in: folder.url)
    #expect(plain.exitCode == 0 && plain.output.contains("letters.csv: line 1 is the first point"), "\(plain.testDescription)")
    let json = try Invocation(arguments + ["--json"], in: folder.url)
    let members = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((members["dataNotes"] as? [String])?.count == 2, "\(json.testDescription)")
  }

  @Test(
    arguments: [
      ("0.5,1\n0.5,2\n0.5,3\n0.5,2\u{0}45\n", "data.csv:4: expected text in field 2, found a NUL"),
      ("0,1,2,3\n0.5,1,2,0\n", "data.csv:1: this line may name the columns or be a point"),
      ("1,0\n2,1e999\n", "data.csv:2: expected a number within"),
      (
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "data.csv: expected comma-separated values, found a pointer of Git LFS"
      ),
    ])
  func whatIsWrongIsNamedByFileAndLine(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("data.csv", text)
    let invocation = try Invocation(Self.run + ["--data", "csv:data.csv", "--train", "2", "--test", "1", "--plan"], in: folder.url)
    #expect(invocation.exitCode == 1 && invocation.errors.contains(message), "\(invocation.testDescription)")
  }
}
