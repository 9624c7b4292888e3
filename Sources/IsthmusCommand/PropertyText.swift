import BackendCatalog
import DeviceProperties
import PrintableText
import Results

/// What a device says of itself, for people and for programs.
enum PropertyText {
  /// Groups with a line for each property; empty for a device that is missing or says nothing.
  static func lines(_ entry: BackendCatalog.Entry) -> String {
    let groups = groups(entry)
    let width = groups.flatMap(\.properties).map(\.label.count).max() ?? 0
    let lines = groups.flatMap { group in
      ["  \(group.title)"]
        + group.properties.map { property in
          let label = property.label.printable
          return "    \(label)\(String(repeating: " ", count: max(0, width - label.count)))  \(property.text.printable)"
        }
    }
    return groups.isEmpty ? "" : ([entry.identifier] + lines).joined(separator: "\n")
  }

  /// The object of a device with `properties` as its last member.
  static func adding(to device: JSONValue, _ entry: BackendCatalog.Entry) -> JSONValue {
    let groups = JSONValue.object(
      groups(entry).map { group in
        JSONValue.Member(group.title, .object(group.properties.map { JSONValue.Member($0.name, json($0.value)) }))
      })
    return .object((device.members ?? []) + [JSONValue.Member("properties", groups)])
  }

  private static func groups(_ entry: BackendCatalog.Entry) -> [PropertyGroup] {
    switch entry.backend {
    case .success(let backend): BackendCatalog.properties(of: backend)
    case .failure: []
    }
  }

  private static func json(_ value: DeviceProperty.Value) -> JSONValue {
    switch value {
    case .text(let text): .string(text)
    case .list(let texts): .array(texts.map { .string($0) })
    case .flag(let isSet): .bool(isSet)
    case .number(let number, _), .bytes(let number): .integer(Int128(number))
    case .numbers(let numbers): .array(numbers.map { .integer(Int128($0)) })
    }
  }
}
