import ArgumentParser
import Compute
import Experiments
import PrintableText

/// `isthmus run`: one subcommand per experiment of the catalogue.
struct RunCommand: ParsableCommand {
  static let name = "run"

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: name,
      abstract: "Run an experiment, or continue it.",
      discussion: """
        A run is identified by its settings, device and precision, and lives in RESULTS/EXPERIMENT/RUN-ID: manifest.json says what \
        it is, records.jsonl holds its numbers as they are computed, table.txt and figures/ are made at the end. Stopped or killed, \
        the same command continues it; more steps or draws extend it, fewer than are recorded are refused.

        SIGINT, SIGTERM, SIGHUP and --max-time end a run after a step, when it is saved: at most one step is lost. A second signal \
        ends it at once. SIGUSR1 saves and goes on. Under Slurm: `#SBATCH --requeue --signal=TERM@60`, or --max-time below the job's.

        --record-jobs FILE writes what the device was asked for and what it gave, to be repeated elsewhere with \
        `isthmus check --replay FILE` where its numbers are in doubt. Inputs are in it.

        Settings may come from a YAML file whose keys are the options' names; options given beside the file win:

          experiment: bottleneck
          train: 400
          bottlenecks: [1, 2, 4, inf]
          device: cpu

        Examples:
          \(RunExperiment<Bottleneck>.firstRun)
          isthmus run bottleneck --settings settings.yaml --steps 300
          isthmus run settings.yaml
          isthmus run bottleneck --help       every setting with its default
        """,
      subcommands: ExperimentCatalog.all.map { subcommand($0) })
  }

  private static func subcommand<E: Experiment>(_ experiment: E.Type) -> any ParsableCommand.Type { RunExperiment<E>.self }
}

/// `isthmus run <experiment>`.
struct RunExperiment<E: Experiment>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: E.name,
      abstract: E.summary,
      discussion: """
        A run that was stopped, or is to have more steps or draws, is continued by the same command. Progress goes to standard \
        error. With --json standard output is one object: experiment, run, directory, seconds, estimatedSeconds, memory (bytes, planned), \
        peakMemory (bytes, seen), table and figures; \
        with --plan: experiment, run, directory, estimatedSeconds, memory (bytes at the peak, of device and host), disk (bytes) \
        and plan.
        \(paperSettings)\(replacedSettings)
        Examples:
          \(firstRun)
          isthmus run \(E.name) --settings settings.yaml --device cpu
          isthmus run \(E.name) --plan
        """)
  }

  static var firstRun: String {
    let settings = E.firstRun.settings.sorted { $0.key < $1.key }.map { " --\($0.key) \($0.value)" }.joined()
    let command = "isthmus run \(E.name)\(settings)".wrapped(to: 72).joined(separator: " \\\n      ")
    return "\(command)\n      (about \(E.firstRun.seconds) s on two cores)"
  }

  private static var paperSettings: String {
    guard !E.paper.isEmpty else { return "" }
    let needs = E.paperNeeds.sorted { $0.key < $1.key }.map { "  and needs --\($0.key) too, such as --\($0.key) \($0.value)\n" }.joined()
    return "\n--paper stands for:\n  \(E.paperArguments.joined(separator: "\n  "))\n\(needs)"
  }

  private static var replacedSettings: String {
    E.replacedSettings.sorted { $0.key < $1.key }.map { "\n--\($0.key) is not given here: --\($0.value) says it.\n" }.joined()
  }

  @OptionGroup(title: RunSections.settings) var settings: E.Settings
  @OptionGroup(title: RunSections.resources) var device: DeviceOptions
  @OptionGroup(title: RunSections.run) var options: RunOptions

  func run() throws { try ExperimentRun<E>(settings, on: try device.backend(isSilent: options.quiet), options).run() }
}

/// How to run, whatever the experiment.
struct RunOptions: ParsableArguments {
  @Option(
    help: "Precision of the passes over data; the rest stays in float64. Default: float64, but float32 on a GPU whose float64 is slow.")
  var precision: Precision?
  @Option(help: "Folder of all results.", completion: .directory) var results = "results"
  @Option(
    help: ArgumentHelp(
      "YAML file with settings; keys are the names of the options, also device, precision, results and experiment.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var settings: String?
  // Expanded by `SettingsFile` before parsing.
  @Flag(help: "Settings of the published figures or beyond, for a large machine, where the experiment has them (see above).")
  var paper = false
  @Option(
    help: ArgumentHelp(
      "End after this time as on SIGTERM, with exit code 75: 90s, 55m, 1h30m, or as Slurm writes it, HH:MM:SS or D-HH:MM:SS.",
      valueName: "time"))
  var maxTime: RunTime?
  @Flag(
    help: ArgumentHelp(
      "Continue also a run of these settings that another device, driver or version of the program began.",
      discussion:
        "Its numbers then agree within what the device promises (see numerics.md) and not bit for bit; the manifest lists each part."))
  var continueElsewhere = false
  @Flag(help: "Print what would be done and what it costs, and stop.") var plan = false
  @Flag(
    help: ArgumentHelp(
      "Measure where the time goes: a table at the end, in profile.txt and profile.csv, and with --json as `profile`.",
      discussion: "The numbers of the run stay the same. It takes a little longer, since the device is waited for after every operation."))
  var profile = false
  @Option(
    help: ArgumentHelp(
      "Write the jobs of the device with the bits that they read and wrote, for `isthmus check --replay`.",
      discussion: "The numbers of the run stay the same. It takes longer: every job waits until it is written.", valueName: "file"),
    completion: .file())
  var recordJobs: String?
  @Option(
    help: ArgumentHelp("The record of jobs ends before it is larger than this, 256 MB by default; the run goes on.", valueName: "size"))
  var recordJobsLimit: ByteCount?
  @Flag(help: "Draw no figures at the end.") var noPlots = false
  @Option(help: ArgumentHelp(stringLiteral: FigureFormats.help), transform: FigureFormats.parse) var plotFormat = FigureFormats()
  @Flag(help: "No progress, no plan; the table and where it is.") var quiet = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard recordJobsLimit == nil || recordJobs != nil else {
      throw ValidationError("--record-jobs-limit goes with --record-jobs FILE: without it no jobs are written.")
    }
    guard !profile || recordJobs == nil else {
      throw ValidationError("Choose either --profile or --record-jobs: what it takes to write jobs is no time of the device.")
    }
  }
}

extension ByteCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
