import Compute
import Testing
import WideKernels

@testable import OpenCLBackend

@Suite(.needsOpenCL) struct KernelTests {
  static let programs: [CovarianceProgram] = [
    CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.2)]),
    CovarianceProgram(chain: [
      .affine(weightVariance: 1.5, biasVariance: 0.2), .activation(.erf), .affine(weightVariance: 1.2, biasVariance: 0.1),
    ]),
    CovarianceProgram(chain: [
      .affine(weightVariance: 2, biasVariance: 0), .activation(.relu), .affine(weightVariance: 2, biasVariance: 0.1), .activation(.erf),
      .affine(weightVariance: 1, biasVariance: 0.05),
    ]),
  ]
  typealias Bounded = (value: Double, bound: Double)

  /// A deep program with a kink; at width 1, where all inputs are parallel and on its cone, a smooth one.
  static func program(width: Int) -> CovarianceProgram { programs[width > 1 ? 2 : 1] }

  struct PairResult {
    var nngp: Jet<Double>
    var ntk: Jet<Double>
  }

  static func pair(_ program: CovarianceProgram, _ q11: Double, _ q22: Double, _ q12: Double) -> PairResult {
    var pair = CovarianceProgram.Pair<Jet<Double>>(q11: .q11(q11), q22: .q22(q22), q12: .q12(q12))
    program.apply(to: &pair)
    return PairResult(nngp: pair.q12, ntk: pair.ntk)
  }

  /// u((d + 2) Σ|∂K/∂q||q| + 8·steps·|K|) with |q12| replaced by its sum of magnitudes, at most √(q11 q22).
  static func bound(_ program: CovarianceProgram, _ k: Jet<Double>, q11: Double, q22: Double, width: Int, _ engine: Engine) -> Double {
    let sensitivity = abs(k.d11) * q11 + abs(k.d22) * q22 + abs(k.d12) * (q11 * q22).squareRoot()
    return engine.precision.unitRoundoff * (Double(width + 2) * sensitivity + 8 * Double(program.nodes.count) * abs(k.value))
  }

  static func dot(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
  }

  @Test(arguments: OpenCLTarget.all, [(5, 7, 1), (33, 18, 3), (41, 70, 40), (533, 70, 9)])
  func blockKernelsFollowTheProgram(_ target: OpenCLTarget, _ size: (n: Int, m: Int, width: Int)) throws {
    let engine = try target.engine
    var numbers = Numbers("kernel")
    let (n, m, w) = size
    let (x, y) = (numbers(2 * n * w), numbers(2 * m * w))
    for program in [Self.program(width: w)] + (w == 3 ? [Self.programs[0]] : []) {
      for isSymmetric in [false, true] {
        let (columns, other) = isSymmetric ? (n, x) : (m, y)
        let result = try engine.kernel(
          program, engine.tensor(x, batch: 2, rows: n, columns: w), isSymmetric ? nil : engine.tensor(y, batch: 2, rows: m, columns: w))
        var (nngp, ntk): ([Bounded], [Bounded]) = ([], [])
        for item in 0..<2 {
          for i in 0..<n {
            for j in 0..<columns {
              let (a, b) = (x[(item * n + i) * w..<(item * n + i + 1) * w], other[(item * columns + j) * w..<(item * columns + j + 1) * w])
              let (q11, q22, q12) = (Self.dot(a, a), Self.dot(b, b), Self.dot(a, b))
              let pair = Self.pair(program, q11, q22, q12)
              func bounded(_ k: Jet<Double>, _ diagonal: Double) -> Bounded {
                let isDiagonal = isSymmetric && i == j
                // The diagonal form is smooth in q: its sensitivity is at most |K|'s own size here.
                let bound = Self.bound(program, k, q11: q11, q22: q22, width: w, engine)
                let smooth = engine.precision.unitRoundoff * Double(w + 2 + 8 * program.nodes.count) * 3 * abs(diagonal)
                return isDiagonal ? (diagonal, smooth) : (k.value, 2 * bound)
              }
              let diagonal = program.diagonal(q11)
              nngp.append(bounded(pair.nngp, diagonal.nngp))
              ntk.append(bounded(pair.ntk, diagonal.ntk))
            }
          }
        }
        let (k, theta) = (try engine.read(#require(result.nngp)), try engine.read(#require(result.ntk)))
        #expect(worstRatio(k, nngp) <= 1, "nngp of \(program), symmetric \(isSymmetric)")
        #expect(worstRatio(theta, ntk) <= 1, "ntk of \(program), symmetric \(isSymmetric)")
        if isSymmetric {
          let isMirrored = k.indices.allSatisfy { e in k[e] == k[e / n / n * n * n + e % n * n + e / n % n] }
          #expect(isMirrored)
        }
      }
    }
  }

  @Test(arguments: OpenCLTarget.all, KernelKind.allCases)
  func widePassesAddKernelsAndTheirJacobians(_ target: OpenCLTarget, _ kind: KernelKind) throws {
    let engine = try target.engine
    let u = engine.precision.unitRoundoff
    for (n, r, w, c) in [(5, 3, 1, 1), (21, 300, 2, 1), (9, 130, 3, 25), (17, 64, 40, 2), (4, 0, 2, 2)] {
      var numbers = Numbers("pass \(n)")
      let (z, centres, alpha) = (numbers(2 * n * w), numbers(2 * r * w), numbers(2 * r * c))
      let counts = [r, r / 2]
      for program in [Self.program(width: w)] {
        let points = try engine.tensor(z, batch: 2, rows: n, columns: w)
        let result = try engine.widePass(
          kind, program, points: points, centres: engine.tensor(centres, batch: 2, rows: r, columns: w), centreCounts: counts,
          coefficients: engine.tensor(alpha, batch: 2, rows: r, columns: c), jacobian: true)
        var (values, slopes): ([Bounded], [Bounded]) = ([], [])
        for item in 0..<2 {
          for i in 0..<n {
            let point = z[(item * n + i) * w..<(item * n + i + 1) * w]
            var value = [Bounded](repeating: (0, 0), count: c)
            var slope = [Bounded](repeating: (0, 0), count: c * w)
            for j in 0..<counts[item] {
              let centre = centres[(item * r + j) * w..<(item * r + j + 1) * w]
              let (q11, q22) = (Self.dot(point, point), Self.dot(centre, centre))
              let pair = Self.pair(program, q11, q22, Self.dot(point, centre))
              let k = kind == .nngp ? pair.nngp : pair.ntk
              let terms = Double(counts[item] + 3)
              for o in 0..<c {
                let a = alpha[(item * r + j) * c + o]
                value[o].value += a * k.value
                value[o].bound += abs(a) * (2 * Self.bound(program, k, q11: q11, q22: q22, width: w, engine) + 2 * terms * u * abs(k.value))
                for p in 0..<w {
                  let (zk, uk) = (point[point.startIndex + p], centre[centre.startIndex + p])
                  slope[o * w + p].value += a * (k.d11 * 2 * zk + k.d12 * uk) / Double(w)
                  let magnitude = abs(a) * (abs(k.d11 * 2 * zk) + abs(k.d12 * uk) + abs(k.d12)) / Double(w)
                  // Derivatives are conditioned like the kernel, up to a factor from its second derivatives at these covariances.
                  slope[o * w + p].bound += 64 * (terms + 8 * Double(program.nodes.count + w)) * u * magnitude
                }
              }
            }
            values += value
            slopes += slope
          }
        }
        let label = "n \(n), R \(r), w \(w), c \(c), \(program)"
        #expect(worstRatio(try engine.read(result.value), values) <= 1, "value: \(label)")
        #expect(worstRatio(try engine.read(#require(result.jacobian)), slopes) <= 1, "jacobian: \(label)")
        let alone = try engine.widePass(
          kind, program, points: points, centres: engine.tensor(centres, batch: 2, rows: r, columns: w), centreCounts: counts,
          coefficients: engine.tensor(alpha, batch: 2, rows: r, columns: c), jacobian: false)
        #expect(worstRatio(try engine.read(alone.value), values) <= 1, "value alone: \(label)")
      }
    }
  }

  @Test(arguments: OpenCLTarget.all, [(3, 5), (40, 131)])
  func recursionVJPContractsTheJacobian(_ target: OpenCLTarget, _ size: (n: Int, m: Int)) throws {
    let engine = try target.engine
    let (n, m) = size
    var numbers = Numbers("vjp")
    let (q11, q22) = (numbers(2 * n).map { 1.5 + $0 / 2 }, numbers(2 * m).map { 1.5 + $0 / 2 })
    let (q12, gk, gt) = (numbers(2 * n * m).map { $0 / 2 }, numbers(2 * n * m), numbers(2 * n * m))
    for (place, program) in Self.programs.enumerated() {
      for (hasK, hasT) in [(true, true), (true, false), (false, true)].prefix(place == 1 ? 3 : 1) {
        func square(_ values: [Double]) throws -> Tensor { try engine.tensor(values, batch: 2, rows: n, columns: m) }
        let result = try engine.recursionVJP(
          program, gram: square(q12), rowDiagonal: engine.tensor(q11, batch: 2, rows: n, columns: 1),
          columnDiagonal: engine.tensor(q22, batch: 2, rows: m, columns: 1), nngpCotangent: hasK ? square(gk) : nil,
          ntkCotangent: hasT ? square(gt) : nil)
        let zero: Bounded = (0, 0)
        var gram = [Bounded](repeating: zero, count: 2 * n * m)
        var row = [Bounded](repeating: zero, count: 2 * n)
        var column = [Bounded](repeating: zero, count: 2 * m)
        // Covariances here keep away from the cone: conditioning is a small factor on each derivative.
        let factor = 64 * 8 * Double(program.nodes.count) * engine.precision.unitRoundoff
        for e in gram.indices {
          let (i, j) = (e / m, e / m / n * m + e % m)
          let pair = Self.pair(program, q11[i], q22[j], q12[e])
          func term(_ k: Double, _ t: Double, _ count: Int) -> Bounded {
            let (a, b) = (hasK ? gk[e] * k : 0, hasT ? gt[e] * t : 0)
            return (
              a + b, (abs(a) + abs(b) + 0.1 * (abs(gk[e]) + abs(gt[e]))) * (factor + Double(count + 2) * engine.precision.unitRoundoff)
            )
          }
          func add(_ term: Bounded, to sum: inout Bounded) { sum = (sum.value + term.value, sum.bound + term.bound) }
          add(term(pair.nngp.d12, pair.ntk.d12, 1), to: &gram[e])
          add(term(pair.nngp.d11, pair.ntk.d11, m), to: &row[i])
          add(term(pair.nngp.d22, pair.ntk.d22, n), to: &column[j])
        }
        let label = "\(program), nngp \(hasK), ntk \(hasT)"
        #expect(worstRatio(try engine.read(result.gram), gram) <= 1, "gram: \(label)")
        #expect(worstRatio(try engine.read(result.row), row) <= 1, "row: \(label)")
        #expect(worstRatio(try engine.read(result.column), column) <= 1, "column: \(label)")
      }
    }
  }

  @Test(arguments: OpenCLTarget.all)
  func everyRunGivesTheSameBits(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let program = Self.programs[2]
    var numbers = Numbers("bits")
    let (x, u, a) = (numbers(50 * 3), numbers(700 * 3), numbers(700 * 2))
    func run() throws -> [[Double]] {
      let points = try engine.tensor(x, rows: 50, columns: 3)
      let centres = try engine.tensor(u, rows: 700, columns: 3)
      let coefficients = try engine.tensor(a, rows: 700, columns: 2)
      let pass = try engine.widePass(.ntk, program, points: points, centres: centres, coefficients: coefficients, jacobian: true)
      let kernel = try engine.kernel(.ntk, program, points, centres)
      let vjp = try engine.recursionVJP(
        program, gram: engine.gram(points, centres), rowDiagonal: engine.gramDiagonal(points), columnDiagonal: engine.gramDiagonal(centres),
        nngpCotangent: kernel, ntkCotangent: nil)
      return try [
        engine.read(pass.value), engine.read(#require(pass.jacobian)), engine.read(kernel), engine.read(vjp.row), engine.read(vjp.column),
        engine.read(engine.gemm(kernel, coefficients)), engine.read(engine.gemm(kernel, kernel, transposeB: true)),
        engine.read(engine.gemm(kernel, engine.columns(of: points), transposeA: true)),
      ]
    }
    let first = try run()
    for _ in 0..<3 { #expect(try run() == first) }
  }
}

extension Engine {
  fileprivate func columns(of tensor: Tensor) throws -> Tensor { tensor.columns(0..<2) }
}
