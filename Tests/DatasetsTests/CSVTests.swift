import Datasets
import Testing

@Suite struct CSVTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func load(_ text: String, _ settings: String = "") throws -> Dataset {
    try DataSource.parse("csv:\(directory.write("data.csv", text))\(settings)").load().train
  }

  @Test func theLastColumnIsTheTarget() throws {
    let data = try load("1,2,0\n3,4,2\n")
    #expect(data.inputs == [1, 2, 3, 4])
    #expect(data.labels == [0, 1])
    #expect(data.classNames == ["0", "2"])
    #expect(data.values == [0, 2])
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
    #expect(try load("1,2,5\n", ",target=2").values == [2])
    // The name of the target says that there is a header, be the other names numbers or not.
    #expect(try load("2019,y,2020\n1,2,3\n", ",target=y").values == [2])
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
      ("1,2,0\n1,2\n", 2, "expected 3 fields, found 2"), ("1,2,0\n\n1,2,0\n", 2, "expected fields, found an empty line"),
      ("1,2,0\n \t\n\n1,2,0\n", 2, "expected fields, found an empty line"),
      ("1,2,0\n3,4,0,\n", 2, "expected 3 fields, found 4 (the last is empty)"),
      ("1,2,\n3,4,\n", 1, "expected a class name or a number in field 3, found nothing (does the line end with a comma?)"),
      ("0.5,1\n0.5,2\0\u{34}5\n", 2, "expected text in field 2, found a NUL"),
      ("1,2\n3,\"a\0\"\n", 2, "expected text in field 2, found a NUL"),
      ("1,2\n\u{1B}[2J,3\n", 2, "expected text in field 1, found the control character 27"),
      ("1,2\n3\u{7F},3\n", 2, "expected text in field 1, found the control character 127"),
      ("1,2\r3,4\r", 1, "expected lines that end in LF or CR LF, found a carriage return in field 2"),
      ("1,2\n0x1p3,4\n", 2, "expected a number in field 1, found \"0x1p3\" (hexadecimal numbers are not read; write decimal ones)"),
      ("1,2\n\"0,5\",4\n", 2, "expected a number in field 1, found \"0,5\" (a decimal comma? Write a point)"),
      ("1,\"0,5\"\n", 1, "expected a class name or a number in field 2, found \"0,5\" (a decimal comma? Write a point)"),
      (
        "1;2\n3;4\n", 1,
        "expected at least 2 fields with commas between them (features and a target), found 1; fields seem to be separated by semicolons, write commas (and decimal points)"
      ),
      (
        "0,5;1,5\n", 1, "expected a number in field 2, found \"5;1\" (are fields separated by semicolons? Write commas, and decimal points)"
      ),
      ("1,2\n1e999,3\n", 2, "expected a number within ±1.8e308 in field 1, found \"1e999\""),
      ("1,2\nNA,3\n", 2, "expected a number in field 1, found \"NA\" (where a value is missing, fill it in or remove the line)"),
      ("1,2\n1_000,3\n", 2, "expected a number in field 1, found \"1_000\""),
      ("1,2\n--3,3\n", 2, "expected a number in field 1, found \"--3\""),
      ("1,2\n1e,3\n", 2, "expected a number in field 1, found \"1e\""),
      ("1,2\n.,3\n", 2, "expected a number in field 1, found \".\" (where a value is missing, fill it in or remove the line)"),
      ("a,b\n1,2\nx,3\n", 3, "expected a number in field 1, found \"x\""),
      ("a,b\n1,2\n,3\n", 3, "expected a number in field 1, found \"\" (where a value is missing, fill it in or remove the line)"),
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

  @Test(
    arguments: [
      "0,1,2,3\n0.5,1.5,2.5,1\n", "1,2,3\n4,5,6\n", "2019,2020,2021\n1,2,3\n", "2018,2020,2022\n1,2,3\n",
      "400.1,400.3,400.5,400.7\n1,2,3,0\n",
      "1,2,3,label\n0.1,0.2,0.3,cat\n1,1,1,cat\n",
      "2019,2021,species\n1,2,a\n1,2,a\n", "\"7\",\"3\",\"5\"\n1,2,0\n", "1,2,label\n1,2,3.5e\n",
    ])
  func aLineThatMayBeAHeaderIsAskedAbout(text: String) throws {
    guard case .ambiguousHeader = try refusal({ try load(text) }) else {
      Issue.record("\(text) was read, or refused for another reason")
      return
    }
    let rows = text.split(separator: "\n").count
    if !text.contains("3.5e") { #expect(try load(text, ",header=yes").count == rows - 1) }
    #expect(try load(text, ",header=no").count == rows)
  }

  @Test func howTheFirstLineWasTakenIsTold() throws {
    func notices(_ text: String, _ settings: String = "") throws -> [String] {
      try DataSource.parse("csv:\(directory.write("data.csv", text))\(settings)").load().notices
    }
    let path = "\(directory.path)/data.csv"
    #expect(
      try notices("2,1,0\n3,1,1\n") == [
        "\(path): line 1 is the first point (header=yes would make it the names of the columns); target: column 3 of 3"
      ])
    #expect(try notices("a,b,c\n3,1.5,0\n", ",target=b") == ["\(path): line 1 names the columns; target: \"b\", column 2 of 3"])
    // As a file that is cut off ends.
    #expect(try notices("a,b\n3,1\n2,0.2")[0].hasSuffix("; line 3 ends with the file and not in a line feed: is it complete?"))
    // As pandas writes an index.
    #expect(
      try notices(",b,c\n0,1,0\n") == [
        "\(path): line 1 names the columns; target: \"c\", column 3 of 3; column 1 without a name (an index of the rows?) is a feature"
      ])
  }

  @Test func namesAreTextInUTF8() throws {
    // "né" in Latin-1 and in UTF-8; a byte that is no UTF-8 would make one class of two.
    let path = try directory.write("latin.csv", Array("1,a\n2,n".utf8) + [0xE9, 0x0A])
    #expect {
      _ = try DataSource.parse("csv:\(path),header=no").load()
    } throws: { error in
      if case .invalidLine(path, 2, let reason) = error as? DatasetError { reason.contains("UTF-8") } else { false }
    }
    #expect(try load("1, né\n2,né\t\n3,\" né\"\n", ",header=no").classNames == [" né", "né"])
  }

  @Test func longFieldsAndWideLinesAreReadInParts() throws {
    // Longer than what is read at once, and quotes, fields and line ends at every place of its edge.
    for length in [(1 << 17) - 8, (1 << 17) - 7, (1 << 17) - 6, (1 << 17) - 5, (1 << 17) - 4, (1 << 17) - 3, 1 << 17] {
      let zeros = String(repeating: "0", count: length)
      #expect(try load("1.5\(zeros),\"7\"\r\n2,\"8\"\r\n").inputs == [1.5, 2], "\(length)")
    }
    let wide = (0..<50_000).map { "\($0 * 7 % 1000)" }.joined(separator: ",")
    #expect(try load("\(wide)\n\(wide)\n").features == 49_999)
    let path = "\(directory.path)/data.csv"
    let reason = "expected a field of at most 1048576 bytes, found a longer one in field 2"
    #expect(throws: DatasetError.invalidLine(path: path, line: 2, reason: reason)) {
      try load("1,2\n3,\(String(repeating: "0", count: 1 << 20))0\n")
    }
  }

  @Test func everyNumberIsTheNearestFloat64() {
    var random = SplitMix64(seed: 17)
    var texts = [
      "0", "-0", "1.", ".5", "+.5e+1", "1e22", "1e23", "9007199254740993", "179769313486231570000e288", "5e-324", "2.4e-324",
      "123456789012345678901234567890",
    ]
    for _ in 0..<20_000 {
      let number = Double(bitPattern: random.next())
      if number.isFinite { texts.append("\(number)") }
      texts.append("\(random.next(below: 1_000_000)).\(random.next(below: 100_000))e\(random.next(below: 61) - 30)")
    }
    let wrong = texts.filter { text in
      // The standard library's own conversion, which is correctly rounded.
      guard case .number(let number) = DecimalText(ArraySlice(" \(text)\t".utf8)),
        let expected = Double(text.hasSuffix(".") ? text + "0" : text)
      else { return true }
      return number.bitPattern != expected.bitPattern
    }
    #expect(wrong.isEmpty, "seed 17: \(wrong.prefix(5))")
    for text in [
      "", " ", "+", "e5", ".e5", "1e+", "1.2.3", "1 2", "0x10", "1,5", "infinit", "nan(1)", "1d5", "−5", "٣", "1e5.0", "\u{A0}1",
    ] {
      #expect(DecimalText(ArraySlice(text.utf8)) == .noNumber, "\(text)")
    }
    for text in ["nan", "-NaN", "inf", "+INFINITY"] { #expect(DecimalText(ArraySlice(text.utf8)) == .notFinite) }
    for text in ["1e309", "-1e99999999999999999999", String(repeating: "9", count: 400)] {
      #expect(DecimalText(ArraySlice(text.utf8)) == .beyondRange)
    }
    #expect(DecimalText(ArraySlice("1e-99999999999999999999".utf8)) == .number(0))
  }

  @Test func emptyAndNotFiniteDataAreRefused() throws {
    let path = "\(directory.path)/data.csv"
    #expect(throws: DatasetError.noPoints(name: path)) { try load("a,b\n") }
    #expect(throws: DatasetError.noPoints(name: path)) { try load("\n\n") }
    for word in ["nan", "inf", "-Infinity", "+NaN"] {
      func error(_ field: Int) -> DatasetError {
        .invalidLine(path: path, line: 2, reason: "expected a finite number in field \(field), found \"\(word)\"")
      }
      #expect(throws: error(1)) { try load("1,2\n\(word),3\n") }
      #expect(throws: error(2)) { try load("1,2\n3,\(word)\n") }
    }
  }

  @Test func aTestFileSharesTheClasses() throws {
    let train = try directory.write("train.csv", "1,a\n2,b\n")
    let test = try directory.write("test.csv", "1,b\n")
    let data = try DataSource.csv(file: train, testFile: test, target: nil, hasHeader: false).load()
    #expect(data.test?.labels == [1])
    #expect(data.test?.classNames == ["a", "b"])
    let unknown = try directory.write("unknown.csv", "1,c\n")
    let reason = "expected a class of \(train), one of a, b, found \"c\""
    #expect(throws: DatasetError.invalidLine(path: unknown, line: 1, reason: reason)) {
      try DataSource.csv(file: train, testFile: unknown, target: nil, hasHeader: false).load()
    }
    let wide = try directory.write("wide.csv", "1,2,b\n")
    #expect(throws: DatasetError.shapeMismatch(first: train, firstShape: [1], second: wide, secondShape: [2])) {
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
