import Results

/// What a recorded line holds beyond what is asked for: a setting and the value that it would need.
public struct Excess: Hashable, Sendable {
  /// Name of the setting on the command line.
  public let setting: String
  /// Value that the setting would need, as it is written on the command line.
  public let value: String
  /// A number that the setting must reach, of which the largest alone counts; nil for members of a list.
  public let amount: Double?

  /// A number of steps, draws or the like.
  static func amount(_ setting: String, _ amount: Double) -> Excess {
    Excess(setting: setting, value: amount.wholeText, amount: amount)
  }

  /// A member of a list.
  static func member(_ setting: String, _ value: String) -> Excess { Excess(setting: setting, value: value, amount: nil) }

  static func member(_ setting: String, _ value: Double) -> Excess { member(setting, value.wholeText) }

  /// `excesses` in a few words: of numbers the largest, of lists all members.
  public static func text(_ excesses: some Sequence<Excess>) -> String {
    var values: [(setting: String, amount: Double?, values: [String])] = []
    for excess in excesses {
      guard let place = values.firstIndex(where: { $0.setting == excess.setting }) else {
        values.append((excess.setting, excess.amount, [excess.value]))
        continue
      }
      if let amount = excess.amount {
        if amount > values[place].amount ?? 0 { values[place] = (excess.setting, amount, [excess.value]) }
      } else if !values[place].values.contains(excess.value) {
        values[place].values.append(excess.value)
      }
    }
    return values.map { "\($0.setting) \($0.values.prefix(8).joined(separator: ","))\($0.values.count > 8 ? ",…" : "")" }.joined(
      separator: "; ")
  }
}

extension Double {
  /// Whole numbers without a fraction.
  fileprivate var wholeText: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
