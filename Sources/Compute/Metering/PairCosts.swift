import Synchronization
import WideKernels

/// Nominal multiply-adds of one pair, counted from a formula when it is first met.
package final class PairCosts: Sendable {
  static let shared = PairCosts()

  private let known = Mutex<[String: Double]>([:])

  package init() {}

  /// Multiply-adds of the kernels of one pair.
  ///
  /// - Parameter isPaired: every pair has variances of its own, so that nothing of it comes from a table.
  package func kernels(_ program: CovarianceProgram, nngp: Bool, ntk: Bool, isPaired: Bool = false) -> Double {
    remembered("\(program) \(nngp) \(ntk) \(isPaired)") {
      var pair = CovarianceProgram.Pair<KernelExpression>(q11: .variable("q11"), q22: .variable("q22"), q12: .variable("q12"))
      if isPaired { program.apply(to: &pair) } else { pair = program.symbolicPair() }
      return ArithmeticCost.multiplyAdds((nngp ? [pair.q12] : []) + (ntk ? [pair.ntk] : []))
    }
  }

  /// Multiply-adds of one kernel of a pair.
  ///
  /// - Parameter isJet: with the derivatives by q11 and q12.
  package func kernel(_ program: CovarianceProgram, _ kind: KernelKind, isJet: Bool) -> Double {
    guard isJet else { return kernels(program, nngp: kind == .nngp, ntk: kind == .ntk) }
    return remembered("\(program) \(kind) jet") {
      let pair = program.symbolicJets(columns: false)
      let kernel = kind == .nngp ? pair.q12 : pair.ntk
      return ArithmeticCost.multiplyAdds([kernel.value, kernel.d11, kernel.d12])
    }
  }

  func cotangents(_ program: CovarianceProgram, nngp: Bool, ntk: Bool) -> Double {
    remembered("\(program) \(nngp) \(ntk) cotangents") {
      let pair = program.symbolicJets(columns: true)
      let kernels = (nngp ? [pair.q12] : []) + (ntk ? [pair.ntk] : [])
      // One product and one sum per kernel and direction.
      return ArithmeticCost.multiplyAdds(kernels.flatMap { [$0.d11, $0.d22, $0.d12] }) + 3 * Double(kernels.count)
    }
  }

  func feature(_ activation: ActivationKind, isJet: Bool) -> Double {
    remembered("\(PointFunction.activation(activation)) \(isJet)") {
      let feature = activation.formulas.valueAndSlope(KernelExpression.variable("x"))
      return ArithmeticCost.multiplyAdds([feature.value] + (isJet ? [feature.slope] : []))
    }
  }

  private func remembered(_ key: String, _ count: () -> Double) -> Double {
    known.withLock { known in
      if let cost = known[key] { return cost }
      let cost = count()
      known[key] = cost
      return cost
    }
  }
}
