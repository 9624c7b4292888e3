import Compute
import FiniteNetworks
import Testing
import WideKernels

/// Convolutions of every geometry against sums over pixels, and their way back against differences, on every backend.
@Suite struct ConvolutionTests {
  /// A filter that slides over 7 × 6 pixels. Among them: larger and smaller than its stride, wholly in the padding at an edge, as
  /// large as the padded image, and leaving pixels at the end unseen.
  struct Geometry: Sendable, CustomStringConvertible {
    var (kernel, stride, padding) = (5, 1, 1)
    static let (height, width, channels) = (7, 6, 3)

    var rows: Int { (Self.height + 2 * padding - kernel) / stride + 1 }
    var columns: Int { (Self.width + 2 * padding - kernel) / stride + 1 }
    var description: String { "kernel \(kernel), stride \(stride), padding \(padding)" }

    static let all: [Geometry] = [
      (5, 1, 1), (5, 2, 1), (1, 1, 0), (1, 2, 0), (2, 3, 0), (3, 3, 1), (2, 1, 3), (3, 4, 2), (6, 1, 0), (8, 2, 1), (4, 2, 3),
    ].map { Geometry(kernel: $0, stride: $1, padding: $2) }

    /// A filter of one pixel, whose gradient needs the way back of the second one, which slides; then the sum of all.
    func architecture() throws -> Architecture {
      try Architecture(
        input: .image(height: Self.height, width: Self.width, channels: 2),
        layers: [
          Architecture.Layer(
            .convolution(channels: Self.channels, kernel: 1, stride: 1, padding: 0), weights: .init(multiplier: 1), activation: nil,
            name: "first"),
          Architecture.Layer(
            .convolution(channels: 2, kernel: kernel, stride: stride, padding: padding), weights: .init(multiplier: 0.3),
            activation: nil, name: "second"),
          Architecture.Layer(.dense(outputs: 2), weights: .init(multiplier: 0.5), activation: nil, name: "out"),
        ])
    }
  }

  @Test(arguments: Geometry.all)
  func outputsAreSumsOverThePixelsThatAFilterSees(_ geometry: Geometry) throws {
    for engine in try Samples.engines() {
      let architecture = try geometry.architecture()
      let network = try Samples.network(architecture, members: 2, on: engine)
      let pass = try network.readouts(Samples.points(architecture, 3, on: engine))
      let (input, output) = (try engine.read(pass[0]), try engine.read(pass[1]))
      let weights = try engine.read(network.weights(1))
      let (pixels, seen, entries) = (Geometry.height * Geometry.width, geometry.rows * geometry.columns, geometry.kernel * geometry.kernel)
      try #require(output.count == 2 * 3 * seen * 2)
      var worst = 0.0
      for image in 0..<6 {
        for place in 0..<seen * 2 {
          let (pixel, unit) = (place / 2, place % 2)
          var sum = 0.0
          for entry in 0..<entries {
            let y = pixel / geometry.columns * geometry.stride - geometry.padding + entry / geometry.kernel
            let x = pixel % geometry.columns * geometry.stride - geometry.padding + entry % geometry.kernel
            guard y >= 0, x >= 0, y < Geometry.height, x < Geometry.width else { continue }
            for channel in 0..<Geometry.channels {
              sum +=
                weights[((image / 3 * 2 + unit) * entries + entry) * Geometry.channels + channel]
                * input[(image * pixels + y * Geometry.width + x) * Geometry.channels + channel]
            }
          }
          let error = abs(output[image * seen * 2 + place] - 0.3 * sum)
          if !(error <= worst) { worst = error.isNaN ? .infinity : error }
        }
      }
      // At most 192 products of numbers below 5.
      #expect(worst < 1e-12, "\(geometry) on \(engine.device.identifier)")
    }
  }

  @Test(arguments: Geometry.all)
  func gradientsAreSlopes(_ geometry: Geometry) throws {
    for engine in try Samples.engines() {
      let architecture = try geometry.architecture()
      let network = try Samples.network(architecture, members: 2, on: engine)
      let x = try Samples.points(architecture, 3, on: engine)
      let objective = try Objective(
        .squared, inputs: x, targets: Samples.targets(.squared, architecture, 3, on: engine), alpha: [1, 1], on: engine)
      let gradient = try network.gradient(of: objective).gradient
      // Every parameter of the first layer by itself: a cotangent put in the wrong place shows.
      let count = 2 * Geometry.channels
      for place in 0..<count {
        let direction = try engine.zeros(batch: 2, rows: gradient.rows, columns: gradient.columns)
        let one = try engine.tensor([1], rows: 1, columns: 1)
        for member in 0..<2 { try engine.copy(one, into: direction.item(member).rows(0..<1).columns(place..<place + 1)) }
        func losses(_ step: Double) throws -> [Double] {
          try objective.meanLosses(
            network.with(parameters: engine.map(.addScaled(step), network.parameters, direction)).outputs(x))
        }
        // The loss is a parabola along one layer's parameters: differences are exact but for rounding.
        let slopes = zip(try losses(0.5), try losses(-0.5)).map { $0 - $1 }
        for (member, slope) in try products(gradient, direction, on: engine).enumerated() {
          #expect(
            abs(slope - slopes[member]) < 1e-11 * max(1, abs(slope)),
            "\(geometry), member \(member), parameter \(place), \(engine.device.identifier): \(slope) against \(slopes[member])")
        }
      }
    }
  }
}
