import Foundation

/// A BLAS that is loaded at run time, so that each process can have its own core type.
struct CBLAS {
  /// C ← A·op(B): m, n, k and then A, B and C, row-major without gaps.
  typealias Multiply = (Int, Int, Int, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void

  private typealias SingleGEMM =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafeRawPointer, Int32, UnsafeRawPointer, Int32, Float, UnsafeMutableRawPointer,
      Int32
    ) -> Void
  private typealias DoubleGEMM =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafeRawPointer, Int32, UnsafeRawPointer, Int32, Double, UnsafeMutableRawPointer,
      Int32
    ) -> Void

  private let sgemm: SingleGEMM
  private let dgemm: DoubleGEMM
  /// As the library reports them: its version and options, and the processor whose loops it took.
  let configuration, coreType: String

  enum Failure: Error, CustomStringConvertible {
    case cannotLoad(String)
    case missing(String)

    var description: String {
      switch self {
      case .cannotLoad(let reason): "\(reason) (Debian: apt-get install libopenblas0-pthread)"
      case .missing(let name): "the library has no \(name)"
      }
    }
  }

  init(_ library: String) throws {
    guard let handle = dlopen(library, RTLD_NOW) else { throw Failure.cannotLoad(dlerror().map { String(cString: $0) } ?? library) }
    func symbol<F>(_ name: String, _ type: F.Type) throws -> F {
      guard let address = dlsym(handle, name) else { throw Failure.missing(name) }
      return unsafeBitCast(address, to: type)
    }
    typealias Text = @convention(c) () -> UnsafePointer<CChar>
    sgemm = try symbol("cblas_sgemm", SingleGEMM.self)
    dgemm = try symbol("cblas_dgemm", DoubleGEMM.self)
    configuration = String(cString: try symbol("openblas_get_config", Text.self)())
    coreType = String(cString: try symbol("openblas_get_corename", Text.self)())
  }

  func multiply(isSingle: Bool, transposeB: Bool) -> Multiply {
    let (rowMajor, plain, transposed) = (Int32(101), Int32(111), Int32(112))
    let form = transposeB ? transposed : plain
    if isSingle {
      return { [sgemm] m, n, k, a, b, c in
        let (m, n, k) = (Int32(m), Int32(n), Int32(k))
        sgemm(rowMajor, plain, form, m, n, k, 1, a, k, b, transposeB ? k : n, 0, c, n)
      }
    }
    return { [dgemm] m, n, k, a, b, c in
      let (m, n, k) = (Int32(m), Int32(n), Int32(k))
      dgemm(rowMajor, plain, form, m, n, k, 1, a, k, b, transposeB ? k : n, 0, c, n)
    }
  }
}
