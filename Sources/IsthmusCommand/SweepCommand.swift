import ArgumentParser

/// `isthmus sweep`.
struct SweepCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "sweep",
      abstract: "Many runs of an experiment from one file: a product of settings.",
      discussion: """
        A sweep is a YAML file. `settings` are those of all runs, `grid` has an axis for each setting that varies, `zip` groups of \
        axes that advance together, `seeds` how many or which. The runs are the product, in the order of the file, the last axis \
        fastest. Each is the run that `isthmus run` makes of the same settings, in RESULTS/EXPERIMENT/RUN-ID.

          experiment: finite-width
          settings: {bottlenecks: 2, steps: 100}
          grid:
            widths: {from: 64, to: 8192, count: 8, spacing: log}
            rate-fraction: [0.05, 0.1]
          seeds: 10
          results: results

        Axes are lists, {from, to, step}, or {from, to, count} with `spacing: log` or linear. Documentation/sweeps.md says more. \
        Every subcommand has --json.

        Examples:
          isthmus sweep plan sweep.yaml
          isthmus sweep run sweep.yaml --workers 2
        """,
      subcommands: [SweepPlanCommand.self, SweepRunCommand.self])
  }
}
