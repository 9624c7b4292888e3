import COpenCL
import Compute
import Foundation
import OpenCLBackend
import Synchronization
import Testing
import WideKernels

/// What a driver may answer, and what becomes of it: a device whose functions are those of the first real one, but for some that fail.
@Suite(.needsOpenCL, .serialized) struct FailureTests {
  private func device(_ change: (inout IsthmusOpenCL) -> Void) throws -> OpenCLBackend {
    let start = try OpenCLStart()
    let real = try OpenCLLibrary(start)
    FailingFunctions.real.withLock { $0 = real.call }
    FailingFunctions.reset()
    var table = real.call
    change(&table)
    // As long as the process, as real tables do.
    let pointer = UnsafeMutablePointer<IsthmusOpenCL>.allocate(capacity: 1)
    pointer.initialize(to: table)
    let platform = try #require(try real.platforms().first)
    let id = try #require(try real.devices(of: platform).first)
    return try OpenCLBackend(library: OpenCLLibrary(functions: pointer), device: id, identifier: "opencl:0", texts: start.texts)
  }

  private func message(_ work: () throws -> Void) -> ComputeError? {
    do { try work() } catch let error as ComputeError { return error } catch {}
    return nil
  }

  @Test func memoryThatIsKeptIsGivenBackBeforeOneGivesUp() throws {
    let backend = try device { $0.clCreateBuffer = FailingFunctions.createBuffer }
    let kept = 5 << 20
    _ = try backend.allocate(byteCount: kept)
    // The first attempt fails, and what was kept of the buffer above is released.
    FailingFunctions.failures.store(1, ordering: .relaxed)
    #expect(try backend.allocate(byteCount: 2 * kept).byteCount == 2 * kept)
    #expect(FailingFunctions.failures.load(ordering: .relaxed) == 0)
    FailingFunctions.failures.store(.max, ordering: .relaxed)
    let error = message { _ = try backend.allocate(byteCount: 3 * kept) }
    guard case .outOfMemory(_, let bytes, let hint) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(bytes >= 3 * kept && hint.contains("CL_MEM_OBJECT_ALLOCATION_FAILURE (-4) in clCreateBuffer"))
  }

  @Test func aLaunchWithoutRoomIsTriedAgain() throws {
    let backend = try device { $0.clEnqueueNDRangeKernel = FailingFunctions.enqueueKernel }
    let engine = try Engine(backend)
    let x = try engine.tensor([1, 2, 3, 4], rows: 2, columns: 2)
    _ = try backend.allocate(byteCount: 5 << 20)
    FailingFunctions.failures.store(1, ordering: .relaxed)
    #expect(try engine.read(engine.map(.square, x)) == [1, 4, 9, 16])
    FailingFunctions.failures.store(.max, ordering: .relaxed)
    let error = message { _ = try engine.map(.square, x) }
    guard case .outOfMemory = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  /// A driver tells a fault of a kernel by the same status at the next wait: no want of memory, and nothing to try again.
  @Test func resourcesAtAWaitAreAFailureOfTheDevice() throws {
    let backend = try device { table in
      table.clFinish = { _ in CL_OUT_OF_RESOURCES }
      table.clEnqueueReadBuffer = { _, _, _, _, _, _, _, _, _ in CL_OUT_OF_RESOURCES }
    }
    let engine = try Engine(backend)
    let x = try engine.tensor([1, 2], rows: 1, columns: 2)
    for (operation, error) in [
      ("clFinish", message { try engine.synchronize() }), ("clEnqueueReadBuffer", message { _ = try engine.read(x) }),
    ] {
      guard case .deviceFailure(_, operation, let reason) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(reason.contains("CL_OUT_OF_RESOURCES (-5); a kernel before it has failed"))
    }
  }

  @Test(arguments: [
    (CL_INVALID_COMMAND_QUEUE, "CL_INVALID_COMMAND_QUEUE (-36)"), (-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST (-14)"),
  ])
  func aDeviceThatIsLostIsNamedByItsStatus(_ status: cl_int, _ name: String) throws {
    let backend = try device { $0.clEnqueueReadBuffer = FailingFunctions.readBuffer }
    let engine = try Engine(backend)
    let x = try engine.tensor([1, 2], rows: 1, columns: 2)
    #expect(try engine.read(engine.map(.square, x)) == [1, 4])
    FailingFunctions.status.store(status, ordering: .relaxed)
    guard case .deviceFailure(_, "clEnqueueReadBuffer", name) = message({ _ = try engine.read(x) }) else {
      return #expect(Bool(false), "no error with \(name)")
    }
  }

  @Test func aDeviceWithoutFloat64ComputesInFloat32() throws {
    let backend = try device { $0.clGetDeviceInfo = FailingFunctions.deviceInfoWithoutFloat64 }
    #expect(backend.device.precisions == [.float32])
    let error = message { _ = try Engine(backend, precision: .float64) }
    guard case .unsupportedPrecision(_, .float64) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    let engine = try Engine(backend, precision: .float32)
    #expect(try engine.read(engine.map(.square, engine.tensor([1, 2], rows: 1, columns: 2))) == [1, 4])
  }

  /// Programs are built once, and every thread gets the numbers that one alone gets.
  @Test(arguments: OpenCLTarget.all.filter { $0.tiles == "own" }) func severalThreadsShareADevice(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.7, biasVariance: 0.1), .activation(.relu)])
    @Sendable func numbers(_ seed: Int) throws -> [Double] {
      let x = try engine.tensor(RandomStream(seed: UInt64(seed), name: "x").normals(35 * 6), rows: 35, columns: 6)
      let kernel = try engine.kernel(program, x, nngp: false, ntk: true).ntk
      let product = try engine.gemm(try #require(kernel), x)
      return try engine.read(engine.map(.square, product))
    }
    let results = Mutex<[Int: [Double]]>([:])
    DispatchQueue.concurrentPerform(iterations: 12) { index in
      let got = try? numbers(index % 4)
      results.withLock { $0[index] = got }
    }
    let got = results.withLock { $0 }
    #expect(got.count == 12)
    for (index, values) in got { #expect(try values == numbers(index % 4), "thread \(index)") }
  }
}

/// Functions for the table, which hold no state of their own.
private enum FailingFunctions {
  static let real = Mutex<IsthmusOpenCL?>(nil)
  /// Calls that are still to fail.
  static let failures = Atomic(0)
  static let status = Atomic<cl_int>(CL_SUCCESS)

  static func reset() {
    failures.store(0, ordering: .relaxed)
    status.store(CL_SUCCESS, ordering: .relaxed)
  }

  private static func fails() -> Bool {
    guard failures.load(ordering: .relaxed) > 0 else { return false }
    return failures.subtract(1, ordering: .relaxed).oldValue > 0
  }

  private static var call: IsthmusOpenCL? { real.withLock { $0 } }

  static let createBuffer:
    @convention(c) (cl_context?, cl_mem_flags, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<cl_int>?) -> cl_mem? = {
      guard !fails(), let call else {
        $4?.pointee = CL_MEM_OBJECT_ALLOCATION_FAILURE
        return nil
      }
      return call.clCreateBuffer($0, $1, $2, $3, $4)
    }

  static let enqueueKernel:
    @convention(c) (
      cl_command_queue?, cl_kernel?, cl_uint, UnsafePointer<Int>?, UnsafePointer<Int>?, UnsafePointer<Int>?, cl_uint,
      UnsafePointer<cl_event?>?, UnsafeMutablePointer<cl_event?>?
    ) -> cl_int = {
      guard !fails(), let call else { return CL_OUT_OF_RESOURCES }
      return call.clEnqueueNDRangeKernel($0, $1, $2, $3, $4, $5, $6, $7, $8)
    }

  static let readBuffer:
    @convention(c) (
      cl_command_queue?, cl_mem?, cl_bool, Int, Int, UnsafeMutableRawPointer?, cl_uint, UnsafePointer<cl_event?>?,
      UnsafeMutablePointer<cl_event?>?
    ) -> cl_int = {
      let status = status.load(ordering: .relaxed)
      guard status == CL_SUCCESS, let call else { return status }
      return call.clEnqueueReadBuffer($0, $1, $2, $3, $4, $5, $6, $7, $8)
    }

  static let deviceInfoWithoutFloat64:
    @convention(c) (cl_device_id?, cl_device_info, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int = {
      guard let call else { return CL_INVALID_DEVICE }
      let status = call.clGetDeviceInfo($0, $1, $2, $3, $4)
      guard $1 == cl_device_info(CL_DEVICE_EXTENSIONS), let text = $3 else { return status }
      let bytes = UnsafeMutableRawBufferPointer(start: text, count: $2)
      let name = Array("cl_khr_fp64".utf8)
      for start in bytes.indices where bytes[start...].starts(with: name) { bytes[start] = UInt8(ascii: "x") }
      return status
    }
}
