import Foundation
import Networks
import Testing
import WideKernels

@Suite struct NetworkTests {
  static func chain() throws -> Network {
    Network(
      inputs: 5,
      blocks: [
        WideBlock(
          hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25), Hidden(.tanh, weightVariance: 1.5)], outputs: 2,
          readoutWeightVariance: 1.3, readoutBiasVariance: 0.2),
        WideBlock(hidden: [Hidden(try ActivationKind("leaky-relu(0.1)"), biasVariance: 0.3)], outputs: 3),
        WideBlock(hidden: [Hidden(.gelu, weightVariance: 2, biasVariance: 0.1)], outputs: 1, readoutBiasVariance: 0.4),
      ])
  }

  @Test func aNetworkReadsBackFromItsText() throws {
    let network = try Self.chain()
    #expect(try JSONDecoder().decode(Network.self, from: JSONEncoder().encode(network)) == network)
    #expect(network.bottlenecks == [2, 3])
    #expect(network.totalHiddenLayers == 4)
  }

  @Test func aHandWrittenDescriptionTakesTheDefaults() throws {
    let text = #"{"inputs": 784, "blocks": [{"hidden": ["relu", {"activation": "leaky-relu(0.1)", "biasVariance": 0.5}], "outputs": 2}]}"#
    let network = try JSONDecoder().decode(Network.self, from: Data(text.utf8))
    let leaky = try ActivationKind("leaky-relu(0.1)")
    let block = WideBlock(
      hidden: [Hidden(.relu), Hidden(leaky, biasVariance: 0.5)], outputs: 2, readoutWeightVariance: 1, readoutBiasVariance: 0)
    #expect(network == Network(inputs: 784, blocks: [block]))
    #expect(network != Network(inputs: 784, blocks: [WideBlock(hidden: [Hidden(.relu), Hidden(.relu, biasVariance: 0.5)], outputs: 2)]))
  }

  static let faults: [(String, NetworkError)] = [
    (#"{"inputs": 0, "blocks": [{"hidden": [], "outputs": 1}]}"#, .width(name: "inputs", got: 0)),
    (#"{"inputs": 1, "blocks": []}"#, .noBlocks),
    (#"{"inputs": 1, "blocks": [{"hidden": [], "outputs": -2}]}"#, .width(name: "outputs", got: -2)),
    (
      #"{"inputs": 1, "blocks": [{"hidden": [{"activation": "relu", "weightVariance": 0}], "outputs": 1}]}"#,
      .variance(name: "weightVariance", expected: "> 0", got: 0)
    ),
    (
      #"{"inputs": 1, "blocks": [{"hidden": [{"activation": "relu", "biasVariance": -1}], "outputs": 1}]}"#,
      .variance(name: "biasVariance", expected: ">= 0", got: -1)
    ),
    (
      #"{"inputs": 1, "blocks": [{"hidden": [], "outputs": 1, "readoutWeightVariance": -1}]}"#,
      .variance(name: "readoutWeightVariance", expected: "> 0", got: -1)
    ),
    (
      #"{"inputs": 1, "blocks": [{"hidden": [], "outputs": 1, "readoutBiasVariance": -1}]}"#,
      .variance(name: "readoutBiasVariance", expected: ">= 0", got: -1)
    ),
    (
      #"{"inputs": 1, "blocks": [{"hidden": [{"activation": "relu", "weigthVariance": 2}], "outputs": 1}]}"#,
      .unknownKey("weigthVariance", of: "hidden layer", known: ["activation", "weightVariance", "biasVariance"])
    ),
    (
      #"{"inputs": 1, "width": 3, "blocks": [{"hidden": [], "outputs": 1}]}"#,
      .unknownKey("width", of: "network", known: ["inputs", "blocks"])
    ),
    (
      #"{"inputs": 1, "blocks": [{"hidden": ["rleu"], "outputs": 1}]}"#,
      .activation(.unknown(name: "rleu", known: ActivationKind.names))
    ),
    (
      #"{"inputs": 1, "blocks": [{"layers": [{"dense": 8, "variance": 2}, "relu", {"dense": 1}]}]}"#,
      .unknownKey("variance", of: "layer", known: ["dense", "weightVariance", "biasVariance"])
    ),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 0}, "relu", {"dense": 1}]}]}"#, .width(name: "dense", got: 0)),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "layerNorm", "relu", {"dense": 1}]}]}"#, .notYet(kind: "layerNorm")),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "layerNorm(0.1)", "relu", {"dense": 1}]}]}"#, .notYet(kind: "layerNorm")),
    (#"{"inputs": 1, "blocks": [{"layers": [{"pool": {"average": 2}}, {"dense": 1}]}]}"#, .notYet(kind: "pool")),
    (#"{"inputs": 1, "blocks": [{"hidden": ["layerNorm"], "outputs": 1}]}"#, .notYet(kind: "layerNorm")),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "rleu", {"dense": 1}]}]}"#, .unknownLayer(name: "rleu")),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dens": 8, "weightVariance": 2}, "relu", {"dense": 1}]}]}"#, .unknownLayer(name: "dens")),
    (
      #"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "leaky-relu(x)", {"dense": 1}]}]}"#, .activation(.syntax("leaky-relu(x)"))
    ),
    (#"{"inputs": 1, "blocks": [{"layers": ["relu", {"dense": 1}]}]}"#, .order(before("relu"))),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "relu", "erf", {"dense": 1}]}]}"#, .order(before("erf"))),
    (
      #"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, {"dense": 1}]}]}"#,
      .order("an activation stands between two dense layers; write identity for a linear layer, or begin a new block")
    ),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": 8}, "relu"]}]}"#, .order(ending)),
    (#"{"inputs": 1, "blocks": [{"layers": []}]}"#, .order(ending)),
    (#"{"inputs": 1, "blocks": [{"layers": [{"dense": null}]}]}"#, .order(ending)),
  ]
  private static let ending = "a block ends in its read-out, a dense layer with a width, such as {dense: 1}"
  private static func before(_ activation: String) -> String {
    "a dense layer stands before every activation, as its argument must be Gaussian, and none stands before \(activation)"
  }

  @Test(arguments: faults)
  func faultsAreTyped(_ text: String, _ error: NetworkError) {
    #expect(throws: error) { try JSONDecoder().decode(Network.self, from: Data(text.utf8)) }
    #expect(error.description.hasPrefix("network: "))
  }

  @Test(arguments: [
    ("rleu", "is not known; did you mean relu? A block holds {dense: WIDTH}, abrelu, "), ("LeakyReLU", "did you mean leaky-relu?"),
    ("dens", "did you mean {dense: WIDTH}?"), ("dense", "did you mean {dense: WIDTH}?"), ("layernorm", "did you mean layerNorm?"),
    ("transformer", "'transformer' is not known. A block holds"), ("wide", "not yet convolution, pool, flatten, layerNorm, "),
    ("relu", "layer 'relu' is text and no mapping; write relu"),
  ])
  func anUnknownLayerIsToldBesideTheKnownOnes(_ name: String, _ part: String) {
    let text = NetworkError.unknownLayer(name: name).description
    #expect(text.contains(part), "\(text)")
  }

  @Test func everyPointwiseLayerReadsBackFromItsText() throws {
    for layer in PointwiseLayer.samples {
      let text = try JSONEncoder().encode(Layer.pointwise(layer))
      #expect(try JSONDecoder().decode(Layer.self, from: text) == .pointwise(layer), "\(layer)")
      #expect(Layer.names.contains(String("\(layer)".prefix { $0 != "(" })), "\(layer)")
    }
    #expect(Set(Layer.names).isDisjoint(with: Layer.announced))
  }

  @Test func aBlockIsLoweredLayerByLayer() throws {
    let program = try Self.chain().blocks[0].program
    #expect(program.description == "affine(2.25,0.25) erf affine(1.5,0.0) tanh affine(1.3,0.2)")
    let linear = WideBlock(hidden: [], outputs: 2, readoutWeightVariance: 2, readoutBiasVariance: 0.5).program.diagonal(1.5)
    #expect(linear.nngp == 3.5 && linear.ntk == 3.5)
  }

  /// Layers with widths are one block with the hidden layers that they are, and have its kernel; a text of theirs is read back with widths.
  @Test func aBlockIsReadFromItsLayers() throws {
    let layers =
      #"[{"dense": 64, "weightVariance": 2.25, "biasVariance": 0.25}, "erf", {"dense": 32}, "relu", {"dense": 2, "weightVariance": 1.3}]"#
    let block = try JSONDecoder().decode(WideBlock.self, from: Data(#"{"layers": \#(layers)}"#.utf8))
    let hidden = WideBlock(
      hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25), Hidden(.relu)], outputs: 2, readoutWeightVariance: 1.3)
    #expect(block.program == hidden.program && block.outputs == 2 && block.hiddenLayers == 2)
    let maps = try block.denseLayers()
    #expect(maps.map(\.map.width) == [64, 32, 2] && maps.map(\.activation) == [.erf, .relu, nil])
    let again = try JSONDecoder().decode(WideBlock.self, from: JSONEncoder().encode(block))
    #expect(again == block && again != hidden)
    #expect(try JSONDecoder().decode(WideBlock.self, from: JSONEncoder().encode(hidden)) == hidden)
    let partly = try WideBlock(layers: [.dense(Dense()), .activation(.erf), .dense(Dense(32)), .activation(.relu), .dense(Dense(2))])
    #expect(try JSONDecoder().decode(WideBlock.self, from: JSONEncoder().encode(partly)) == partly)
  }

  /// A description that is wrong in a program stops it at once, with the sentence that a file would get.
  @Test func aWrongDescriptionInAProgramStopsIt() async {
    await #expect(processExitsWith: .failure) { _ = Hidden(.relu, weightVariance: -1) }
    await #expect(processExitsWith: .failure) { _ = WideBlock(hidden: [], outputs: 0) }
    await #expect(processExitsWith: .failure) { _ = Network(inputs: 3, blocks: []) }
  }
}
