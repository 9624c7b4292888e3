import Compute
import OpenCLBackend
import Testing
import WideKernels

@Suite struct BuildTests {
  @Test func aLibraryThatIsNotThereIsATypedReason() {
    #expect {
      try OpenCLBackend.discover(library: "/nowhere/libOpenCL.so")
    } throws: { error in
      guard case .unavailable(backend: "opencl", let reason)? = error as? ComputeError else { return false }
      return reason.contains("/nowhere/libOpenCL.so") && reason.contains("pocl-opencl-icd")
    }
  }

  /// A library with none of OpenCL's functions.
  @Test func aLibraryThatIsNotOpenCLIsATypedReason() {
    #expect {
      try OpenCLBackend.discover(library: "libm.so.6")
    } throws: { error in
      guard case .unavailable(backend: "opencl", let reason)? = error as? ComputeError else { return false }
      return reason.contains("clGetPlatformIDs")
    }
  }

  @Test(.needsOpenCL) func devicesAreNumberedInAFixedOrder() throws {
    let first = try OpenCLBackend.discover().map(\.device)
    #expect(!first.isEmpty)
    #expect(first.map(\.identifier) == first.indices.map { "opencl:\($0)" })
    #expect(try OpenCLBackend.discover().map(\.device) == first)
    for device in first { #expect(device.memoryBytes > 0 && device.largestAllocationBytes > 0 && device.precisions.contains(.float32)) }
  }

  /// With no other definition than the precision: every tile size has a default. gemm_rows.cl is a part of gemm_direct.cl alone.
  @Test(.needsOpenCL, arguments: KernelTexts.embedded.files.filter { !["prelude", "gemm_rows"].contains($0) })
  func everyFileBuildsAlone(_ file: String) throws {
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.relu)])
    for backend in try OpenCLBackend.discover() {
      for precision in backend.device.precisions {
        let generator = GeneratedSource(precision: precision)
        let generated =
          switch file {
          case "points": try generator.pointLevels(program)
          case "recursion", "block_kernel": try generator.pairValues(program, nngp: true, ntk: true)
          case "recursion_vjp": try generator.pairVJP(program, nngp: true, ntk: true)
          case "wide_pass": try generator.pairJet(program, .ntk)
          case "feature_pass": try generator.feature(.erf, slope: true)
          case "map": try generator.pointFunction(.activationVJP(.erf))
          default: ""
          }
        let lanes = ["functions", "gemm_direct", "mirror", "transpose"].contains(file) ? 4 : 1
        try backend.build(KernelRequest(file: file, precision: precision, lanes: lanes), generated: generated)
      }
    }
  }

  /// Copies of a loop stand after each other.
  @Test(.needsOpenCL, arguments: [1, 2]) func loopsBuildInCopies(_ copies: Int) throws {
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.tanh)])
    for backend in try OpenCLBackend.discover() {
      for precision in backend.device.precisions {
        let generator = GeneratedSource(precision: precision, copies: copies)
        for (file, lanes) in [("recursion", 4), ("block_kernel", 1)] {
          try backend.build(
            KernelRequest(file: file, precision: precision, lanes: lanes, defines: ["COPIES": copies]),
            generated: generator.pairValues(program, nngp: true, ntk: true))
        }
      }
    }
  }

  @Test(.needsOpenCL) func buildErrorsNameTheFileAndTheLine() throws {
    let backend = try #require(try OpenCLBackend.discover().first)
    #expect {
      try backend.build(KernelRequest(file: "map", precision: .float32, lanes: 1), generated: "")
    } throws: { error in
      guard case .kernelBuildFailed(_, "map.cl", let log)? = error as? ComputeError else { return false }
      return log.contains("map.cl:")
    }
  }

  @Test func aDirectoryWithoutKernelsIsATypedReason() {
    #expect(throws: ComputeError.self) { try KernelTexts(directory: "/nowhere") }
  }
}
