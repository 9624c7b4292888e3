import Testing

@testable import Datasets

@Suite struct CSVTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func load(_ text: String, _ settings: String = "") throws -> Dataset {
    try DataSource.parse("csv:\(directory.write("data.csv", text))\(settings)").load().train
  }

  @Test func theLastColumnIsTheTarget() throws {
    let data = try load("1,2,0\n3,4,2\n")
    #expect(data.inputs == [1, 2, 3, 4])
    #expect(data.labels == [0, 2])
    #expect(data.values == [0, 2])
    #expect(data.classCount == 3)
  }

  @Test func aHeaderQuotesSpacesByteOrderMarkAndWindowsLinesAreRead() throws {
    let data = try load("\u{FEFF}a,\"b, \"\"big\"\"\ntwo\",c\r\n 1 ,\"2\",0.5\r\n-3e-1,+4,-1\r\n\r\n")
    #expect(data.inputs == [1, 2, -0.3, 4])
    #expect(data.labels == nil)
    #expect(data.values == [0.5, -1])
  }

  @Test func aTargetIsChosenByNameOrNumber() throws {
    #expect(try load("x,y,z\n1,2,3\n", ",target=y").inputs == [1, 3])
    #expect(try load("x,y,z\n1,2,3\n", ",target=1").inputs == [2, 3])
    #expect(try load("1,2,3\n", ",target=2").values == [2])
    #expect(try load("1,2\n3,4\n", ",header=yes").inputs == [3])
    for (text, target) in [("x,y\n1,2\n", "w"), ("x,x\n1,2\n", "x"), ("1,2\n", "3"), ("1,2\n", "0")] {
      #expect {
        _ = try load(text, ",target=\(target)")
      } throws: { error in
        if case .invalidParameter(_, "'\(target)'", _) = error as? DatasetError { true } else { false }
      }
    }
  }

  @Test func namesOfClassesAreNumberedInAlphabeticalOrder() throws {
    let data = try load("5.1,3.5,virginica\n4.9,3.0,setosa\n1,1,virginica\n")
    #expect(data.classNames == ["setosa", "virginica"])
    #expect(data.labels == [1, 0, 1])
    #expect(data.values == nil)
  }

  @Test(
    arguments: [
      ("1,2,0\n1,2\n", 2, "expected 3 fields, found 2"), ("1,2,0\n\n1,2,0\n", 2, "expected 3 fields, found 1"),
      ("a,b\n1,2\nx,3\n", 3, "expected a number in field 1, found \"x\""),
      ("a,b\n1,2\n,3\n", 3, "expected a number in field 1, found \"\""),
      ("\"a\nb\",c\n1,2\n3,four\n", 4, "expected a number in field 2, as in the lines before, found \"four\""),
      ("1,\"2\n", 1, "expected a closing quote, found the end of the file"),
      ("1,2\"3\n", 1, "expected quotes around a whole field, found one inside"),
      ("1,\"2\"3\n", 1, "expected a comma after the closing quote, found another character"),
      ("1,2\r\n3,\"4\"\r\n5\r\n", 3, "expected 2 fields, found 1"),
      ("1\n2\n", 1, "expected at least 2 fields with commas between them (features and a target), found 1"),
    ])
  func aLineThatCannotBeReadIsNamed(text: String, line: Int, reason: String) throws {
    let path = "\(directory.path)/data.csv"
    #expect(throws: DatasetError.invalidLine(path: path, line: line, reason: reason)) { try load(text) }
  }

  @Test func aHeaderOfNumbersAndAMixedTargetAreExplained() throws {
    for text in ["label,0\n1,2\n", "1,a\n2,3\n"] {
      #expect {
        _ = try load(text)
      } throws: { error in
        "\(error)".contains("add header=yes")
      }
    }
  }

  @Test func emptyAndNotFiniteDataAreRefused() throws {
    let path = "\(directory.path)/data.csv"
    #expect(throws: DatasetError.noPoints(name: path)) { try load("a,b\n") }
    #expect(throws: DatasetError.noPoints(name: path)) { try load("\n\n") }
    for word in ["nan", "inf", "-Infinity", "1e999"] {
      #expect(throws: DatasetError.notFinite(name: path, row: 1, column: 0)) { try load("1,2\n\(word),3\n") }
      #expect(throws: DatasetError.notFinite(name: path, row: 1, column: 1)) { try load("1,2\n3,\(word)\n") }
    }
  }

  @Test func aTestFileSharesTheClasses() throws {
    let train = try directory.write("train.csv", "1,a\n2,b\n")
    let test = try directory.write("test.csv", "1,b\n")
    let data = try DataSource.csv(file: train, testFile: test, target: nil, hasHeader: false).load()
    #expect(data.test?.labels == [1])
    #expect(data.test?.classNames == ["a", "b"])
    let unknown = try directory.write("unknown.csv", "1,c\n")
    #expect(throws: DatasetError.invalidParameter(name: "a class of \(unknown)", value: "'c'", expected: "one of a, b")) {
      try DataSource.csv(file: train, testFile: unknown, target: nil, hasHeader: false).load()
    }
    let wide = try directory.write("wide.csv", "1,2,b\n")
    #expect(throws: DatasetError.shapeMismatch(first: "csv train", firstShape: [1], second: "csv test", secondShape: [2])) {
      try DataSource.csv(file: train, testFile: wide, target: nil, hasHeader: false).load()
    }
    // Whole numbers in one file, fractions in the other: values, no labels.
    let whole = try directory.write("whole.csv", "1,0\n2,1\n")
    let fractions = try directory.write("fractions.csv", "1,0.5\n")
    let values = try DataSource.csv(file: whole, testFile: fractions, target: nil, hasHeader: nil).load()
    #expect(values.train.labels == nil)
    #expect(values.train.values == [0, 1])
  }
}
