import Foundation
import Results

/// Kinds of input; each prepares a sandbox and says which commands to run there.
enum Attempts: CaseIterable {
  case options, records, lines, manifest, folder, settings, network, data, names, jobs, reports, sweeps

  func prepare(_ sandbox: Sandbox, _ program: Program, _ small: SmallRuns, _ random: inout Generator) throws -> [[String]] {
    switch self {
    case .options: options(sandbox, program, &random)
    case .records: try records(sandbox, small, &random)
    case .lines: try changed("records.jsonl", sandbox, small, &random)
    case .manifest: try changed("manifest.json", sandbox, small, &random)
    case .folder: try folder(sandbox, small, &random)
    case .settings: try settings(sandbox, &random)
    case .network: try network(sandbox, &random)
    case .data: try data(sandbox, &random)
    case .names: try names(sandbox, small, &random)
    case .jobs: try jobs(sandbox, &random)
    case .reports: try reports(sandbox, &random)
    case .sweeps: try sweeps(sandbox, &random)
    }
  }

  private func value(_ sandbox: Sandbox, _ random: inout Generator) -> String {
    switch random.below(3) {
    case 0: random.pick(Hostile.words)
    case 1: random.pick(Hostile.texts(command: sandbox.command))
    default: random.pick(Hostile.numbers)
    }
  }

  /// One to three options of a command with values that nobody means; plans, so that a value that is right takes no time.
  private func options(_ sandbox: Sandbox, _ program: Program, _ random: inout Generator) -> [[String]] {
    let commands = program.options.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
    let (command, names) = random.pick(commands)
    var arguments = command.split(separator: " ").map(String.init)
    if arguments.first == "plot" || arguments.first == "list" { arguments.append(value(sandbox, &random)) }
    for _ in 0...random.below(3) {
      let name = random.pick(names), value = value(sandbox, &random)
      arguments += random.one(in: 2) ? ["--\(name)", value] : ["--\(name)=\(value)"]
    }
    switch arguments[0] {
    case "run", "bench": arguments.append("--plan")
    case "check": arguments += ["--filter", "no such case"]
    case "tune": arguments.append("--show")
    default: break
    }
    if names.contains("device"), !arguments.contains(where: { $0.hasPrefix("--device") }) { arguments += ["--device", "cpu"] }
    if random.one(in: 4), ["run", "list", "devices"].contains(arguments[0]) { arguments.append("--json") }
    return [arguments]
  }

  /// A run whose records were changed before they were written: as a whole each is what the store writes.
  private func records(_ sandbox: Sandbox, _ small: SmallRuns, _ random: inout Generator) throws -> [[String]] {
    let run = random.pick(small.runs)
    let description = try RunDescription(experiment: run.experiment, identity: ["fuzz": "records"], parameters: ["fuzz": "records"])
    let store = try ResultsStore.open(description, in: sandbox.work.appendingPathComponent("results"))
    var records = run.records
    for _ in 0...random.below(5) {
      let index = random.below(records.count)
      var record = records[index]
      guard !record.fields.isEmpty else { continue }
      record[random.pick(record.fields).key] = value(of: sandbox, &random)
      if random.one(in: 2) { records[index] = record } else { records.append(record) }
    }
    for record in records { try store.append(record) }
    if !random.one(in: 4) { try store.finish() } else { try store.fail(random.pick(Hostile.texts(command: sandbox.command))) }
    return looks(at: "results/\(run.experiment)/\(description.runID)", &random)
  }

  private func value(of sandbox: Sandbox, _ random: inout Generator) -> RecordValue? {
    switch random.below(8) {
    case 0: nil
    case 1: .null
    case 2: .bool(true)
    case 3: .numbers((0..<random.below(4)).map { _ in Double(random.pick(Hostile.numbers)) ?? 0 }.filter(\.isFinite))
    case 4: .string(random.pick(Hostile.texts(command: sandbox.command)))
    case 5: .string(random.pick(Hostile.words))
    default: .number(Double(random.pick(Hostile.numbers)).flatMap { $0.isFinite ? $0 : nil } ?? 1e19)
    }
  }

  /// A run one of whose files has other bytes.
  private func changed(_ name: String, _ sandbox: Sandbox, _ small: SmallRuns, _ random: inout Generator) throws -> [[String]] {
    let run = try copy(of: random.pick(small.runs), in: sandbox)
    let file = sandbox.work.appendingPathComponent(run.path).appendingPathComponent(name)
    let bytes = [UInt8](try Data(contentsOf: file))
    try Data(Mutation.mutate(bytes, command: sandbox.command, using: &random)).write(to: file)
    return looks(at: run.path, &random) + (random.one(in: 2) ? [run.arguments] : [])
  }

  /// A run one of whose files is missing, empty, longer, a folder, a link or a pipe.
  private func folder(_ sandbox: Sandbox, _ small: SmallRuns, _ random: inout Generator) throws -> [[String]] {
    let run = try copy(of: random.pick(small.runs), in: sandbox)
    let folder = sandbox.work.appendingPathComponent(run.path)
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }.sorted() ?? []
    let file = folder.appendingPathComponent(
      random.pick(names + ["manifest.json", "records.jsonl", "figures", "lock", ".manifest.json.partial"]))
    let kind = random.below(8)
    if kind != 1, kind != 2 { try? FileManager.default.removeItem(at: file) }
    switch kind {
    case 0: break
    case 1: try? Data().write(to: file)
    case 2: if let handle = try? FileHandle(forWritingTo: file) { try handle.seekToEnd(); try handle.write(contentsOf: Data("more".utf8)) }
    case 3: try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
    case 4: try FileManager.default.createSymbolicLink(at: file, withDestinationURL: sandbox.precious)
    case 5: try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: file.lastPathComponent)
    case 6: mkfifo(file.path, 0o644)
    default:
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: random.pick(["/dev/zero", "/dev/full", "/"]))
    }
    return looks(at: run.path, &random) + [run.arguments]
  }

  private func copy(of run: SmallRuns.Run, in sandbox: Sandbox) throws -> (path: String, arguments: [String]) {
    let path = "results/\(run.experiment)/\(run.directory.lastPathComponent)", target = sandbox.work.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: run.directory, to: target)
    return (path, run.arguments)
  }

  private func looks(at path: String, _ random: inout Generator) -> [[String]] {
    let list = ["list", "runs", "--results", "results"] + (random.one(in: 2) ? ["--json"] : [])
    let json = random.one(in: 2) ? ["--json"] : []
    let results = random.pick([["show", path], ["list", "--where", "state!=finished"], ["table", path], ["compare", path, path]])
    let page = random.one(in: 2) ? [] : [["report", path] + json]
    return [["plot", path, "--formats", random.one(in: 8) ? "png" : "svg"], list, ["results"] + results + json] + page
  }

  private func settings(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    let sound = """
      experiment: bottleneck
      train: 20
      test: 10
      bottlenecks: [1, 2, inf]
      activation: erf
      weight-variance: 1.5
      draws: 2
      device: cpu

      """
    try sandbox.write("settings.yaml", yaml(sound, sandbox, &random))
    return [["run", "settings.yaml", "--plan"]]
  }

  /// Short lists only: a long axis that is right takes its time to be planned.
  private func sweeps(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    let sound = """
      experiment: multilinearity
      settings: {networks: 2+2, widths: 4, members: 1}
      grid: {steps: [2, 3], rate: {from: 0.5, to: 1, step: 0.5}}
      zip: [{points: [4, 5], seed: [1, 2]}]
      results: results

      """
    try sandbox.write("sweep.yaml", yaml(sound, sandbox, &random))
    return [["sweep", "plan", "sweep.yaml", "--device", "cpu"]]
  }

  private func network(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    let sound = random.pick([
      "hidden: [{activation: relu, weightVariance: 1.5, biasVariance: 0.1}, erf]\noutputs: 1\n",
      "inputs: 3\nblocks: [{hidden: [erf], outputs: 4}, {hidden: [relu], outputs: 1}]\n",
    ])
    try sandbox.write("network.yaml", yaml(sound, sandbox, &random))
    try sandbox.write("x.npy", Samples.npy)
    return [["kernel", "--network", "network.yaml", "--x", "x.npy", "--out", "out", "--composed", "--device", "cpu"]]
  }

  /// Other bytes, or another piece of YAML in place of a value or behind all.
  private func yaml(_ sound: String, _ sandbox: Sandbox, _ random: inout Generator) -> [UInt8] {
    let pieces = [
      "&a [*a]", "!!python/object:x {}", "<<: *b", "{<<: {train: 1}}", "? [1, 2]\n: 3", "|\n  text", "'it''s'", "\"\\e[2J\"",
      "!!binary AAAA",
      "2001-12-14", "0o17", "0b1", "~", "[[[[1]]]]", "---\nexperiment: bottleneck", "%YAML 1.1\n---", "\t- x",
      (1...9).map {
        "a\($0): &a\($0) [\($0 == 1 ? "x" : "*a\($0 - 1),*a\($0 - 1),*a\($0 - 1),*a\($0 - 1),*a\($0 - 1),*a\($0 - 1),*a\($0 - 1),*a\($0 - 1)")]\n"
      }.joined() + "? *a9\n: 1",
      String(repeating: "[", count: 5000), String(repeating: "{a: ", count: 5000),
    ]
    switch random.below(3) {
    case 0: return Mutation.mutate(Array(sound.utf8), command: sandbox.command, using: &random)
    case 1: return Array((sound + random.pick(pieces) + "\n").utf8)
    default:
      var lines = sound.split(separator: "\n").map(String.init)
      let index = random.below(lines.count), key = lines[index].prefix { $0 != ":" }
      let value = random.one(in: 2) ? random.pick(pieces) : self.value(sandbox, &random)
      lines[index] = "\(key): \(value)"
      return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
  }

  private func data(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    let sample = random.pick(Samples.all)
    let changed = random.pick(sample.files)
    for file in sample.files {
      try sandbox.write(
        file.name, file.name == changed.name ? Mutation.mutate(file.bytes, command: sandbox.command, using: &random) : file.bytes)
    }
    let common = ["--train", "6", "--test", "3", "--device", "cpu", "--plan"]
    return [["run", "bottleneck", "--data", sample.source()] + common]
  }

  /// Recorded jobs: descriptions that are changed and sealed again, or any other bytes.
  private func jobs(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    let file = sandbox.work.appendingPathComponent("jobs")
    try JobFiles.write(to: file, command: sandbox.command, using: &random)
    if random.one(in: 4) {
      let bytes = [UInt8](try Data(contentsOf: file))
      try Data(Mutation.mutate(bytes, command: sandbox.command, using: &random)).write(to: file)
    }
    return [["check", "--replay", "jobs", "--device", random.one(in: 2) ? "cpu" : "reference"]]
  }

  /// Two reports of benchmarks, one of which has other bytes.
  private func reports(_ sandbox: Sandbox, _ random: inout Generator) throws -> [[String]] {
    try sandbox.write("old.json", Samples.report)
    try sandbox.write("new.json", Mutation.mutate(Array(Samples.report.utf8), command: sandbox.command, using: &random))
    let files = random.one(in: 2) ? ["old.json", "new.json"] : ["new.json", "old.json"]
    return [
      ["bench", "--compare"] + files + (random.one(in: 2) ? ["--fail-below", "0.95"] : []) + (random.one(in: 3) ? ["--json", "-"] : [])
    ]
  }

  /// Files and folders whose names are hostile.
  private func names(_ sandbox: Sandbox, _ small: SmallRuns, _ random: inout Generator) throws -> [[String]] {
    let name = String(
      random.pick(Hostile.texts(command: sandbox.command)).replacing("/", with: "∕").replacing("\0", with: "").unicodeScalars.prefix(60))
    guard !["", ".", ".."].contains(name), !name.hasPrefix("-") else { return [] }
    switch random.below(4) {
    case 0:
      let run = random.pick(small.runs)
      try FileManager.default.copyItem(at: run.directory, to: sandbox.work.appendingPathComponent(name))
      return [["plot", name, "--formats", "svg"]]
    case 1:
      try sandbox.write(name, Samples.npy)
      try sandbox.write("network.yaml", "hidden: [erf]\noutputs: 1\n")
      return [["kernel", "--network", "network.yaml", "--x", name, "--out", name + "k", "--device", "cpu"]]
    case 2:
      try sandbox.write(name, "1,2,0\n3,4,1\n5,six,0\n")
      return [
        [
          "run", "bottleneck", "--data", "csv:" + name.replacing("\\", with: "\\\\").replacing(",", with: "\\,"), "--plan", "--device",
          "cpu",
        ]
      ]
    default:
      let run = try copy(of: random.pick(small.runs), in: sandbox)
      try FileManager.default.moveItem(at: sandbox.work.appendingPathComponent("results"), to: sandbox.work.appendingPathComponent(name))
      return [
        ["list", "runs", "--results", name], ["plot", "--results", name, "--formats", "svg"],
        run.arguments.map { $0 == "results" ? name : $0 },
      ]
    }
  }
}
