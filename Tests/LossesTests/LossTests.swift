import BackendCatalog
import Compute
import FiniteNetworks
import Foundation
import Losses
import Matrices
import Testing

@Suite struct LossTests {
  private let outputs = Matrix(rows: 4, columns: 2, values: [0.3, -1.2, 0.97, 1.04, -0.4, 2.2, 30, -30])

  private func targets(_ loss: Loss) -> Matrix {
    switch loss {
    case .squared: Matrix(rows: 4, columns: 2, values: [1, 0.5, -0.2, 1, 0, 0, 2, 1])
    case .softmax: Matrix(rows: 4, columns: 2, values: [1, 0, 0, 1, 1, 0, 0, 1])
    case .hinge, .softHinge: Matrix(rows: 4, columns: 2, values: [1, -1, 1, 1, -1, -1, 1, 1])
    }
  }

  @Test(arguments: Loss.allCases)
  func gradientIsTheDerivativeOfTheMean(_ loss: Loss) {
    let gradient = loss.gradient(outputs, targets(loss))
    let h = 1e-6
    for index in outputs.values.indices {
      var (up, down) = (outputs, outputs)
      up.values[index] += h
      down.values[index] -= h
      let slope = (loss.mean(up, targets(loss)) - loss.mean(down, targets(loss))) / (2 * h) * 4
      // h² l‴ with l‴ ≤ 20² / 6√3, and rounding of losses of 30 by 1e-15 / h.
      #expect(abs(gradient.values[index] - slope) < 2e-7, "\(loss), output \(index)")
    }
  }

  @Test(arguments: Loss.allCases)
  func everyDeviceHasTheSameGradient(_ loss: Loss) throws {
    let expected = loss.gradient(outputs, targets(loss))
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter { $0.device.precisions.contains(.float64) }
    #expect(backends.count >= 2, "the reference and the processor at least")
    for backend in backends {
      let engine = try Engine(backend)
      let got = try engine.read(loss.gradient(engine.tensor(outputs), engine.tensor(targets(loss)), on: engine))
      // Exponents of up to 600: their rounding is 600 u of the value.
      let isClose = got.count == expected.values.count && zip(got, expected.values).allSatisfy { abs($0 - $1) < 1e-12 }
      #expect(isClose, "\(loss) on \(backend.device.identifier)")
    }
  }

  @Test func textsReadBack() throws {
    for loss in Loss.allCases + [.softHinge(sharpness: 2.5)] {
      #expect(Loss(loss.description) == loss)
      #expect(try JSONDecoder().decode([Loss].self, from: JSONEncoder().encode([loss])) == [loss])
    }
    #expect(Loss("soft-hinge(10)") == .softHinge(sharpness: 10))
    for text in ["soft-hinge(0)", "soft-hinge(-1)", "soft-hinge()", "Hinge", ""] { #expect(Loss(text) == nil) }
  }
}
