/// Values that programs like this one were seen to stumble over.
enum Hostile {
  static let numbers = [
    "0", "-0", "-1", "1", "2", "3", "7", "0.5", "1e-320", "1e-300", "1e16", "1e19", "1e23", "1e300", "1e308", "-1e308", "1e400", "1e-400",
    "NaN", "nan", "inf", "-inf", "infinity", "2147483648", "4294967296", "9007199254740993", "1000000000000000000", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616",
    "170141183460469231731687303715884105728", "0x10", "1_000", "1:30", "١٢", "１２", "½", "1e", "+1", " 1", "1 ", "1,", "1,,2", ",", "",
    "1.5.2", "--1", "00012", "1e5", "1E5", "3.0", "0.1e1", "true", "null",
  ]

  /// Of lists, networks, data and devices.
  static let words = [
    "inf", "inf/2", "inf/200000000", "1x1", "2x2x2x2x2x2x2x2", "1x", "x", "1+1", "2+", "400", "1,2,4,inf", "same", "own", "all", "none",
    "file",
    "first", "digits", "digits:", "gaussian:count=100000000000,features=1000000000", "gaussian:features=0", "csv:", "csv:/dev/null",
    "csv:/dev/zero", "npy:.,.", "idx:/proc/self/mem,/dev/null", "mnist:/", "cifar10:.", "../../../../etc/passwd", "/dev/full",
    "/dev/null/x",
    "relu", "erf", "gaussian(1.0,1.0)", "gaussian(1e308,NaN)", "relu(", "cpu", "opencl:0", "opencl:99", "opencl:-1", "reference", "100MB",
    "1e30GB",
    "-5GB", "0B", "9223372036854775807GB", "float32", "svg,,png", "svg,svg", "--", "-", "@file", "~", "$HOME",
  ]

  /// Texts that steer terminals, end strings of other languages, or look like what they are not.
  ///
  /// - Parameter command: what a shell would run if one saw it.
  static func texts(command: String) -> [String] {
    let combining = ["\u{301}", "\u{327}", "\u{FE0F}", "\u{20DD}", "\u{E0020}", "\u{1F3FB}", "\u{200D}", "\u{903}", "\u{11A8}"]
    return [
      "x", "", " ", "x `\(command)`", "x' `\(command)` '", "x'; system('\(command)'); print '", "x\n`\(command)`\n",
      "x'\r\n`\(command)`\r\n'",
      "x\u{0}' `\(command)`", "@x $(\(command))", "|\(command);#", "\"; system \"\(command)\" #", "\\\"`\(command)`\\\"", "$(\(command))",
      "; \(command) ;", "&& \(command)", "<(\(command))", "!\(command)", "set output '|\(command)'",
      "\u{1B}[2J\u{1B}]0;title\u{7}", "\u{9B}31m", "line\nerror: all is well\nresults/x  finished", "a\rb", "a\tb", "\u{202E}txt.exe",
      "\u{2066}a\u{2069}",
      "a\u{200B}b", "\u{FEFF}x", "\u{85}", "\u{2028}x", "\u{7F}\u{8}\u{8}\u{8}", "<script>alert(1)</script>", "&amp;<!--", "]]>", "=1+1",
      "%s%n%d%p",
      "a%20b", "../x", "/", "..", "-x", "--help", "~root", "*", "CON", "{}", "[", "\\", "\\u{1B}", "é😀名", "e\u{301}", "\u{FFFF}",
      "\u{E000}",
      String(repeating: "L", count: 300), String(repeating: "\u{301}", count: 200),
    ] + combining.map { "x'\($0) `\(command)` y" } + combining.map { "\"\($0)`\(command)`" }
  }
}
