import Results
import StudyRecords
import Testing

@Suite struct FieldTests {
  private enum Word: String, RecordedValue { case one, two }
  private static let number = Field<Double>("number", "")
  private static let perhaps = Field<Double?>("perhaps", "")
  private static let whole = Field<Int>("whole", "", in: 1...10)
  private static let word = Field<Word>("word", "")
  private static let list = Field<[Double]?>("list", "")
  private static let label = Field<BottleneckLabel>("label", "")

  @Test func valuesAreReadAsTheyWereWritten() throws {
    let label = try #require(BottleneckLabel("2x3"))
    let record = Record(Self.word(.two), Self.number(0.1), Self.perhaps(0.2), Self.whole(3), Self.list([1, 2]), Self.label(label))
    #expect(record.fields.map(\.key) == ["word", "number", "perhaps", "whole", "list", "label"], "in the order given")
    #expect(record[Self.word] == .two && record[Self.number] == 0.1 && record[Self.perhaps] == 0.2 && record[Self.whole] == 3)
    #expect(record[Self.list] == [1, 2] && record[Self.label] == label && record.string("label") == "2x3")
    #expect(record.number(Self.list, at: 1) == 2 && record.number(Self.list, at: 2) == nil)
  }

  @Test func onlyWhatMayBeMissingIsNull() {
    let record = Record(Self.perhaps(nil), Self.number(.infinity), Self.list([1, .nan]))
    #expect(record["perhaps"] == .null && record["list"] == .null)
    #expect(record["number"] == .number(.infinity), "the store refuses it by name")
    #expect(Record(Self.perhaps(.nan))["perhaps"] == .null)
    #expect(record[Self.perhaps] == nil && record[Self.whole] == nil)
  }

  @Test func whatCannotBeMeantIsRefusedWhereRecordsAreToldApart() throws {
    let wrong: Record = ["number": "x", "whole": 11, "label": "1x", "word": "three"]
    #expect(wrong[Self.number] == nil && wrong[Self.label] == nil && wrong[Self.word] == nil)
    #expect(throws: RecordFault("'number' is no number")) { try wrong.checked(Self.number) }
    #expect(throws: RecordFault("'whole' is 11.0; expected a whole number from 1 to 10")) { try wrong.checked(Self.whole) }
    #expect(throws: RecordFault.self) { try wrong.checked(Self.label) }
    #expect(try wrong.checked(Self.word) == nil, "other words are passed over")
    #expect(try Record().checked(Self.label) == nil)
    #expect(try Record(Self.perhaps(nil)).checked(Self.perhaps) == nil)
  }

  @Test func labelsAreTextsOfOneForm() throws {
    for text in ["1", "2x2", "inf", "inf/3"] { #expect(BottleneckLabel(text)?.text == text) }
    #expect(BottleneckLabel("inf/1")?.text == "inf", "one name for one network")
    for text in ["", "0", "02", "2x", "inf/0", "inf/x", "-1"] { #expect(BottleneckLabel(text) == nil, "\(text)") }
    #expect(BottleneckLabel("2x2")?.baseline.text == "inf/2" && BottleneckLabel("4")?.baseline.text == "inf")
    for text in ["4", "2+2"] { #expect(LinearKind(text)?.text == text) }
    for text in ["", "2+", "+2", "0", "2+02", "1001"] { #expect(LinearKind(text) == nil, "\(text)") }
  }

  @Test func aFormatKnowsItsRecords() {
    let format = FiniteWidthFields.format
    let reading = Record(FiniteWidthFields.kind(.reading), FiniteWidthFields.step(1), FiniteWidthFields.train(0.5))
    #expect(format.fault(reading) == nil)
    #expect(format.fault(["kind": "reading", "stepp": 1]) == "'stepp' is no field of kind reading")
    #expect(format.fault(["kind": "end", "step": 1]) == "'step' is no field of kind end")
    #expect(format.fault(["kind": "other"])?.hasPrefix("kind other is none of") == true)
    let names = RecordFormat.all.flatMap(\.experiments)
    #expect(Set(names).count == names.count, "an experiment has two formats")
  }
}
