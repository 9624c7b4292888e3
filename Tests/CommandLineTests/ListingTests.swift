import Experiments
import Foundation
import Testing

/// What the program tells about itself, for people and for scripts.
@Suite struct ListingTests {
  @Test func devicesAsJSON() throws {
    let invocation = try Invocation(["devices", "--json"])
    let json = try JSONSerialization.jsonObject(with: Data(invocation.output.utf8))
    let devices = try #require(json as? [[String: Any]], "\(invocation.testDescription)")
    #expect(invocation.exitCode == 0)
    #expect(devices.filter { $0["isDefault"] as? Bool == true }.count == 1)
    for device in devices {
      #expect(device["identifier"] is String)
      if device["available"] as? Bool == true {
        #expect((device["precisions"] as? [String])?.isEmpty == false && device["name"] is String && device["driver"] is String)
      } else {
        #expect((device["reason"] as? String)?.isEmpty == false)
      }
    }
    #expect(devices.contains { $0["identifier"] as? String == "reference" })
  }

  @Test func oneDeviceSaysAllOfItself() throws {
    let text = try Invocation(["devices", "-v", "--device", "cpu"])
    #expect(
      text.exitCode == 0 && text.output.contains("available instructions") && !text.output.contains("reference"), "\(text.testDescription)")
    let invocation = try Invocation(["devices", "--verbose", "--json"])
    let devices = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [[String: Any]])
    for device in devices where device["available"] as? Bool == true {
      let groups = try #require(device["properties"] as? [String: [String: Any]], "\(device)")
      switch device["backend"] as? String {
      case "cpu": #expect((groups["compute"]?["threads"] as? Int ?? 0) > 0 && groups["memory"]?["memory"] is Int)
      case "opencl":
        #expect(groups["identity"]?["CL_DEVICE_NAME"] as? String == device["name"] as? String)
        #expect(groups["memory"]?["CL_DEVICE_GLOBAL_MEM_SIZE"] as? Int == device["memoryBytes"] as? Int)
        #expect(groups["platform"]?["CL_PLATFORM_NAME"] is String && groups["extensions"]?["CL_DEVICE_EXTENSIONS"] is [String])
      default: #expect(groups.isEmpty)
      }
    }
    let unknown = try Invocation(["devices", "--device", "opencl:99"])
    #expect(unknown.exitCode == 1 && unknown.errors.contains("opencl:99"), "\(unknown.testDescription)")
    let missing = try Invocation(
      ["devices", "--device", "opencl"], variables: ["OCL_ICD_VENDORS": "/nowhere/", "OCL_ICD_FILENAMES": "none"])
    #expect(missing.exitCode == 1 && missing.errors.hasPrefix("error: "), "\(missing.testDescription)")
  }

  @Test func listsAsJSON() throws {
    let invocation = try Invocation(["list", "--json", "--results", "/nowhere"])
    let lists = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: [Any]])
    #expect(Set(lists.keys) == ["experiments", "activations", "layers", "data", "operations", "runs"])
    let experiments = try #require(lists["experiments"] as? [[String: Any]])
    let depth = try #require(experiments.first { $0["name"] as? String == "bottleneck-depth" })
    let train = try #require((depth["settings"] as? [[String: Any]])?.first { $0["name"] as? String == "train" })
    #expect(train["default"] as? String == "400" && train["section"] as? String == "data" && train["range"] as? String != nil)
    #expect((lists["activations"] as? [[String: Any]])?.contains { $0["name"] as? String == "erf" } == true)
    #expect(lists["runs"]?.isEmpty == true)
    let layers = try #require(lists["layers"] as? [[String: Any]])
    func isAvailable(_ name: String) -> Bool? { layers.first { $0["name"] as? String == name }?["isAvailable"] as? Bool }
    #expect(isAvailable("dense") == true && isAvailable("leaky-relu") == true && isAvailable("layerNorm") == false)
  }

  @Test func listsLayers() throws {
    let invocation = try Invocation(["list", "layers"])
    #expect(invocation.exitCode == 0 && invocation.output.hasPrefix("layers:\n  {dense: 64"), "\(invocation.testDescription)")
    #expect(invocation.output.contains("isthmus list activations") && invocation.output.contains("not yet: convolution, "))
  }

  private static let commands =
    [
      [], ["devices"], ["list"], ["run"], ["kernel"], ["plot"], ["report"], ["check"], ["bench"], ["tune"], ["results"], ["sweep"],
      ["sweep", "plan"], ["sweep", "run"],
    ]
    + ["list", "show", "compare", "table", "rm"].map { ["results", $0] } + ExperimentCatalog.all.map { ["run", $0.name] }

  @Test(arguments: commands)
  func helps(_ command: [String]) throws {
    let invocation = try Invocation(command + ["--help"])
    #expect(invocation.exitCode == 0 && invocation.errors.isEmpty, "\(invocation.testDescription)")
    #expect(invocation.output.contains("USAGE: isthmus"), "\(invocation.testDescription)")
    // Nothing that was laid out in lines is broken.
    let wide = try Invocation(command + ["--help"], variables: ["COLUMNS": "1000"]).output.components(separatedBy: "USAGE:")[0]
    for line in wide.split(separator: "\n") where line.drop(while: { $0 == " " }).hasPrefix("isthmus ") {
      #expect(line.count <= 80, "\(line)")
    }
    // An example of its use.
    #expect(
      invocation.output.components(separatedBy: "USAGE:")[0].contains("isthmus "))
  }

  @Test func helpNamesWhatStandsForOthers() throws {
    #expect(try Invocation(["run", "bottleneck-scaling", "--help"]).output.contains("--train is not given here: --points says it"))
    #expect(try Invocation(["run", "linear-acceleration", "--help"]).output.contains("--draws=200"), "what --paper stands for")
  }

  @Test func namesItsVersion() throws {
    let invocation = try Invocation(["--version"])
    #expect(invocation.exitCode == 0 && invocation.output.split(separator: ".").count == 3, "\(invocation.testDescription)")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completes(_ shell: String) throws {
    let invocation = try Invocation(["--generate-completion-script", shell])
    #expect(invocation.exitCode == 0 && invocation.output.contains("bottleneck"), "\(invocation.testDescription.prefix(500))")
  }

  @Test func checksTheReference() throws {
    let invocation = try Invocation(["check", "--device", "reference", "--precision", "float64", "--filter", "reduceRows", "--json"])
    let reports = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [[String: Any]])
    #expect(invocation.exitCode == 0 && reports.count == 1)
    #expect((reports[0]["results"] as? [Any])?.isEmpty == false)
  }
}
