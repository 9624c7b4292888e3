import ArgumentParser

/// A time that a run may take: `90s`, `55m`, `1h30m`, or Slurm's `HH:MM:SS` and `D-HH:MM:SS`.
struct RunTime: ExpressibleByArgument, Equatable {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  /// Reads a duration; nil for anything else, for no time at all and for more than ten years.
  init?(argument: String) {
    guard let seconds = RunTime.seconds(withUnits: argument) ?? RunTime.seconds(ofSlurm: argument), 1...315_360_000 ~= seconds else {
      return nil
    }
    duration = .seconds(seconds)
  }

  var text: String {
    let seconds = Int(duration / .seconds(1))
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")].filter { $0.0 > 0 }
    return parts.isEmpty ? "0s" : parts.map { "\($0.0)\($0.1)" }.joined()
  }

  /// Whole numbers with d, h, m and s, in this order, each at most once. A number without a unit could be seconds, or Slurm's minutes.
  private static func seconds(withUnits text: String) -> Int? {
    var units: [(Character, Int)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
    var (total, digits) = (0, "")
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let place = units.firstIndex(where: { $0.0 == character }), let number = Int(digits), number < 1_000_000_000 else { return nil }
      total += number * units[place].1
      (units, digits) = (Array(units[(place + 1)...]), "")
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }

  private static func seconds(ofSlurm text: String) -> Int? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count <= 2, let clock = halves.last else { return nil }
    let fields = clock.split(separator: ":", omittingEmptySubsequences: false).map { field in
      field.allSatisfy { $0.isASCII && $0.isNumber } && field.count <= 6 ? Int(field) : nil
    }
    let days = halves.count == 2 ? Int(halves[0]) : 0
    guard fields.count == 3 || halves.count == 2 && 1...3 ~= fields.count, let days, 0...36500 ~= days else { return nil }
    let numbers = fields.compactMap(\.self) + [0, 0]
    guard !fields.contains(nil), fields.dropFirst().allSatisfy({ ($0 ?? 60) < 60 }) else { return nil }
    return ((days * 24 + numbers[0]) * 60 + numbers[1]) * 60 + numbers[2]
  }
}
