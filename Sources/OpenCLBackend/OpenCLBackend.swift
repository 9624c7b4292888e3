import COpenCL
import Compute
import DeviceTuning
import DurableFiles
import Foundation
import ReferenceBackend
import Synchronization

/// One OpenCL device with one in-order queue.
///
/// Kernels are built when first needed and kept. Calls return when their commands are queued; copies and `synchronize` wait. An operation
/// without a method here runs on the host.
public final class OpenCLBackend: HostFallback, PartialJobVisitor {
  package typealias Failure = ComputeError

  public let device: DeviceDescription
  public let fallbackLog = FallbackLog()
  /// Sizes that the kernels are compiled with.
  package let tiles: KernelSizes
  public let refusedSizes: KernelSizeError?
  let library: OpenCLLibrary
  let texts: KernelTexts
  let cache: ProgramCache?
  let builds: (@Sendable (ProgramBuild) -> Void)?
  public let refusedPrograms: FileError?
  private let options: String
  private let memory: OpenCLMemory
  nonisolated(unsafe) let deviceID: cl_device_id
  nonisolated(unsafe) private let context: cl_context
  nonisolated(unsafe) private let queue: cl_command_queue
  private let kernels = Mutex<[KernelName: Handle]>([:])
  private let programs = Mutex(Programs())

  /// Programs, held by one thread while it builds; others launch meanwhile what is built already.
  private struct Programs: ~Copyable {
    var byText: [String: Handle] = [:]
    var byRequest: [KernelRequest: Handle] = [:]
    var compiled = 0
    var compilation = Duration.zero
  }
  private struct KernelName: Hashable {
    var request: KernelRequest
    var name: String
  }
  /// A handle of OpenCL, whose functions may be called from any thread.
  private struct Handle: @unchecked Sendable {
    var pointer: OpaquePointer
  }

  /// - Parameters:
  ///   - tiles: sizes of another kind of device, to test its kernels here.
  ///   - cache: where built programs are kept between runs.
  ///   - store: where measured sizes are looked for; those that are no good are refused with a reason, and the device's own taken.
  ///   - builds: told of every program that is built from source.
  package init(
    library: OpenCLLibrary, device deviceID: cl_device_id, identifier: String, texts: KernelTexts, tiles: KernelSizes? = nil,
    cache: ProgramCache? = nil, store: MeasuredSizeStore? = nil, builds: (@Sendable (ProgramBuild) -> Void)? = nil
  ) throws(ComputeError) {
    var description = try OpenCLBackend.describe(deviceID, identifier: identifier, library)
    var table: KernelSizes
    if let tiles { table = tiles } else { table = try Self.tiles(for: deviceID, isGPU: description.isGPU, library) }
    do throws(KernelSizeError) {
      let key = TunedDevice(device: description.name, driver: description.driver, kernels: table.kernels, units: table.units)
      if let values = try store?.load(key) { table = try table.replacing(by: values, precisions: description.precisions) }
      self.refusedSizes = nil
    } catch {
      self.refusedSizes = error
    }
    if !table.measured.isEmpty { description.tiles = table.measured.digest }
    self.tiles = table
    self.device = description
    self.library = library
    self.texts = texts
    refusedPrograms = cache?.folder.fault
    self.cache = refusedPrograms == nil ? cache : nil
    self.builds = builds
    self.deviceID = deviceID
    // Exact roundings where the device offers them; never relaxed math.
    let roundsDivision = try library.number(deviceID, CL_DEVICE_SINGLE_FP_CONFIG, as: cl_device_fp_config.self) & (1 << 7) != 0
    self.options = "-cl-std=CL1.2" + (roundsDivision ? " -cl-fp32-correctly-rounded-divide-sqrt" : "")
    var status: cl_int = 0
    var devices: [cl_device_id?] = [deviceID]
    guard let context = library.call.clCreateContext(nil, 1, &devices, nil, nil, &status) else {
      throw .deviceFailure(device: description.name, operation: "clCreateContext", reason: statusName(status))
    }
    guard let queue = library.call.clCreateCommandQueue(context, deviceID, 0, &status) else {
      _ = library.call.clReleaseContext(context)
      throw .deviceFailure(device: description.name, operation: "clCreateCommandQueue", reason: statusName(status))
    }
    self.context = context
    self.queue = queue
    self.memory = OpenCLMemory(context: context, device: device, library: library)
  }

  deinit {
    _ = library.call.clFinish(queue)
    kernels.withLock { for kernel in $0.values { _ = library.call.clReleaseKernel(kernel.pointer) } }
    programs.withLock { for program in $0.byText.values { _ = library.call.clReleaseProgram(program.pointer) } }
    _ = library.call.clReleaseCommandQueue(queue)
    _ = library.call.clReleaseContext(context)
  }

  // MARK: Memory

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { try memory.allocate(byteCount) }

  /// Memory that one operation needs between its launches.
  func scratch(_ elements: Int, _ precision: Precision) throws(ComputeError) -> OpenCLBuffer {
    try memory.allocate(max(elements, 1) * precision.byteCount)
  }

  /// A buffer that holds these numbers from the start, without waiting for the queue.
  func buffer(_ values: [Int32]) throws(ComputeError) -> OpenCLBuffer { try memory.allocate(values) }

  /// The buffer as one of this device.
  package func own(_ buffer: any DeviceBuffer) throws(ComputeError) -> OpenCLBuffer {
    guard let own = buffer as? OpenCLBuffer else {
      throw .unsupported(operation: device.identifier, reason: "a tensor belongs to another backend; copy it by way of the host")
    }
    return own
  }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    let memory = try own(buffer).memory
    // Blocking: the host memory need not outlive the call.
    try check(
      library.call.clEnqueueWriteBuffer(queue, memory, cl_bool(CL_TRUE), byteOffset, bytes.count, base, 0, nil, nil), device: device.name,
      "clEnqueueWriteBuffer", bytes: bytes.count, takesMemory: true)
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    let memory = try own(buffer).memory
    try check(
      library.call.clEnqueueReadBuffer(queue, memory, cl_bool(CL_TRUE), byteOffset, bytes.count, base, 0, nil, nil), device: device.name,
      "clEnqueueReadBuffer", bytes: bytes.count)
  }

  public func synchronize() throws(ComputeError) { try check(library.call.clFinish(queue), device: device.name, "clFinish") }

  public func perform(_ job: BackendJob) throws(ComputeError) { try job.visit(self) }

  package func others(_ job: BackendJob) throws(ComputeError) { try performOnHost(job) }

  // MARK: Kernels

  /// Builds a kernel if it is new and enqueues it.
  ///
  /// - Parameters:
  ///   - generated: prints the functions that `request.generatedKey` names; called only for a new request.
  ///   - global: work-items wanted; rounded up to whole work-groups, so kernels mask their edges.
  ///   - local: work-items of a group.
  package func launch(
    _ request: KernelRequest, _ name: String, generated: () throws(ComputeError) -> String = { "" }, global: [Int], local: [Int],
    _ arguments: [KernelArgument]
  ) throws(ComputeError) {
    let kernel = try kernel(KernelName(request: request, name: name), generated)
    // A kernel object holds its arguments until it is enqueued.
    try kernels.withLock { _ in
      Swift.Result { () throws(ComputeError) in try enqueue(kernel, name, global: global, local: local, arguments) }
    }.get()
  }

  private func enqueue(
    _ kernel: Handle, _ name: String, global: [Int], local: [Int], _ arguments: [KernelArgument]
  ) throws(ComputeError) {
    var index: cl_uint = 0
    for argument in arguments {
      try argument.set { size, value in
        let status = library.call.clSetKernelArg(kernel.pointer, index, size, value)
        index += 1
        return status
      } check: { status throws(ComputeError) in
        try check(status, device: device.name, "argument \(index - 1) of \(name)")
      }
    }
    let rounded = zip(global, local).map { count, group in (count + group - 1) / group * group }
    func enqueue() throws(ComputeError) {
      let status = library.call.clEnqueueNDRangeKernel(queue, kernel.pointer, cl_uint(rounded.count), nil, rounded, local, 0, nil, nil)
      try check(status, device: device.name, name, takesMemory: true)
    }
    do throws(ComputeError) {
      try enqueue()
    } catch {
      // Drivers may look for a buffer's memory when it is first used.
      guard case .outOfMemory = error, memory.releaseFreed() else { throw error }
      try enqueue()
    }
  }

  /// The kernel of that name, built if it is new.
  private func kernel(_ name: KernelName, _ generated: () throws(ComputeError) -> String) throws(ComputeError) -> Handle {
    if let known = kernels.withLock({ $0[name] }) { return known }
    return try programs.withLock { programs in
      Swift.Result { () throws(ComputeError) in
        // Another thread may have made it meanwhile.
        if let known = kernels.withLock({ $0[name] }) { return known }
        let kernel = try makeKernel(name.request, name.name, generated, &programs)
        kernels.withLock { $0[name] = kernel }
        return kernel
      }
    }.get()
  }

  private func makeKernel(
    _ request: KernelRequest, _ name: String, _ generated: () throws(ComputeError) -> String, _ programs: inout Programs
  ) throws(ComputeError) -> Handle {
    let program: Handle
    if let known = programs.byRequest[request] {
      program = known
    } else {
      let text = texts.program(request, generated: try generated())
      if let same = programs.byText[text] {
        program = same
      } else {
        program = try makeProgram(text, file: request.file, &programs)
        programs.byText[text] = program
      }
      programs.byRequest[request] = program
    }
    var status: cl_int = 0
    guard let kernel = library.call.clCreateKernel(program.pointer, name, &status) else {
      throw .deviceFailure(device: device.name, operation: "clCreateKernel \(name)", reason: statusName(status))
    }
    return Handle(pointer: kernel)
  }

  /// Makes a program from the cache, else from source.
  private func makeProgram(_ text: String, file: String, _ programs: inout Programs) throws(ComputeError) -> Handle {
    let key = "\(device.name)\n\(device.driver)\n\(options)\n\(text)"
    if let binary = cache?.binary(for: key), let program = load(binary) { return program }
    tell(programs, isUnderWay: true)
    let began = ContinuousClock.now
    let program = try build(text, file: file)
    programs.compiled += 1
    programs.compilation += ContinuousClock.now - began
    tell(programs, isUnderWay: false)
    if let cache, let binary = binary(of: program) { cache.store(binary, for: key) }
    return program
  }

  private func tell(_ programs: borrowing Programs, isUnderWay: Bool) {
    builds?(
      ProgramBuild(
        device: device.identifier, name: device.name, built: programs.compiled, seconds: programs.compilation / .seconds(1),
        isUnderWay: isUnderWay))
  }

  /// What was built for launches, from source or from the cache.
  package var builtRequests: [KernelRequest] { programs.withLock { Array($0.byRequest.keys) } }

  /// Programs that were built from source for a launch, and not found in the cache.
  package var compiledPrograms: Int { programs.withLock { $0.compiled } }

  /// A program of a binary; nil where the driver does not take it: another version, or a damaged one.
  private func load(_ binary: [UInt8]) -> Handle? {
    var (status, binaryStatus) = (cl_int(0), cl_int(0))
    var devices: [cl_device_id?] = [deviceID]
    let program = binary.withUnsafeBufferPointer { bytes in
      var (sizes, binaries): ([Int], [UnsafePointer<UInt8>?]) = ([bytes.count], [bytes.baseAddress])
      return library.call.clCreateProgramWithBinary(context, 1, &devices, &sizes, &binaries, &binaryStatus, &status)
    }
    guard let program else { return nil }
    guard status == CL_SUCCESS, binaryStatus == CL_SUCCESS,
      library.call.clBuildProgram(program, 1, &devices, options, nil, nil) == CL_SUCCESS
    else {
      _ = library.call.clReleaseProgram(program)
      return nil
    }
    return Handle(pointer: program)
  }

  private func binary(of program: Handle) -> [UInt8]? {
    var size = 0
    guard
      library.call.clGetProgramInfo(
        program.pointer, cl_program_info(CL_PROGRAM_BINARY_SIZES), MemoryLayout<Int>.size, &size, nil) == CL_SUCCESS, size > 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    let status = bytes.withUnsafeMutableBufferPointer { bytes in
      var pointer = bytes.baseAddress
      return library.call.clGetProgramInfo(
        program.pointer, cl_program_info(CL_PROGRAM_BINARIES), MemoryLayout<UnsafeMutablePointer<UInt8>?>.size, &pointer, nil)
    }
    return status == CL_SUCCESS ? bytes : nil
  }

  private func build(_ text: String, file: String, moreOptions: String = "") throws(ComputeError) -> Handle {
    var status: cl_int = 0
    let program = text.withCString { characters in
      var sources: [UnsafePointer<CChar>?] = [characters]
      return library.call.clCreateProgramWithSource(context, 1, &sources, nil, &status)
    }
    guard let program else {
      throw .deviceFailure(device: device.name, operation: "clCreateProgramWithSource \(file)", reason: statusName(status))
    }
    var devices: [cl_device_id?] = [deviceID]
    status = library.call.clBuildProgram(program, 1, &devices, options + moreOptions, nil, nil)
    guard status == CL_SUCCESS else {
      let log = buildLog(program)
      _ = library.call.clReleaseProgram(program)
      throw .kernelBuildFailed(device: device.name, kernel: "\(file).cl", log: "\(statusName(status))\n\(log)")
    }
    return Handle(pointer: program)
  }

  private func buildLog(_ program: cl_program) -> String {
    var size = 0
    let name = cl_program_build_info(CL_PROGRAM_BUILD_LOG)
    _ = library.call.clGetProgramBuildInfo(program, deviceID, name, 0, nil, &size)
    var bytes = [UInt8](repeating: 0, count: max(size, 1))
    _ = library.call.clGetProgramBuildInfo(program, deviceID, name, size, &bytes, nil)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Builds a request, with warnings as errors, without running anything.
  package func build(_ request: KernelRequest, generated: String) throws(ComputeError) {
    let program = try build(texts.program(request, generated: generated), file: request.file, moreOptions: " -Werror")
    _ = library.call.clReleaseProgram(program.pointer)
  }
}
