/// Names that become part of a path.
enum PathName {
  static func check(_ name: String, what: String) throws(ResultsError) {
    let isValid = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isValid, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 200 else { throw .invalidName(what: what, name: name) }
  }
}
