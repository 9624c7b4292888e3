import Results

/// Why a bottleneck accelerates, where everything is known: infinitely wide deep linear networks with and without bottlenecks.
///
/// Source: the deep linear counterpart that Littwin et al. 2021 (arXiv 2107.00364) refer to; Arora, Cohen & Hazan 2018
/// (arXiv 1802.06509); Saxe, McClelland & Ganguli 2013 (arXiv 1312.6120).
public enum LinearAcceleration: Experiment {
  public typealias Settings = LinearAccelerationSettings
  public static let name = "linear-acceleration"
  public static let summary = "Infinitely wide deep linear networks: when a bottleneck accelerates, and why."
  // Every record depends on its own draw, width or depth alone.
  public static let extendingSettings: Set<String> = ["draws", "target-norms", "bottlenecks", "spectrum", "start", "depths", "widths"]
  public static let firstRun = FirstRun(["draws": "4", "widths": "64,256"], seconds: 5)
  public static let paper = [
    "target-norms": "0.1,0.3,1,3,10,30", "bottlenecks": "1,2,4,8,16,64,256", "draws": "200", "depths": "1,2,3,4,5,6,7,8",
    "widths": "64,256,1024,4096,16384,65536",
  ]

  public static func allowsFloat32Passes(_ settings: LinearAccelerationSettings) -> Bool { false }

  public static func excess(over settings: LinearAccelerationSettings) throws -> (Record) -> Excess? {
    try LinearAccelerationStudy.excess(over: settings)
  }

  public static func plan(_ settings: LinearAccelerationSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try LinearAccelerationStudy(settings, on: device)
  }
}
