import COpenCL
import Compute

/// Turns a status of OpenCL into a typed error that names it.
///
/// - Parameter takesMemory: whether the operation asks for memory, so that `CL_OUT_OF_RESOURCES` is a want of it.
func check(
  _ status: cl_int, device: String, _ operation: String, bytes: Int = 0, takesMemory: Bool = false
) throws(ComputeError) {
  guard status != CL_SUCCESS else { return }
  let lacksMemory =
    status == CL_MEM_OBJECT_ALLOCATION_FAILURE || status == CL_OUT_OF_HOST_MEMORY || takesMemory && status == CL_OUT_OF_RESOURCES
  guard !lacksMemory else {
    throw .outOfMemory(
      device: device, requestedBytes: bytes,
      hint: "\(statusName(status)) in \(operation). Take fewer points, fewer runs at a time, or a smaller memory budget.")
  }
  // Drivers say so at the next wait where a kernel has failed.
  let meaning = status == CL_OUT_OF_RESOURCES ? "; a kernel before it has failed, or the device's memory is exhausted" : ""
  throw .deviceFailure(device: device, operation: operation, reason: statusName(status) + meaning)
}

/// The constant's name in the OpenCL specification.
func statusName(_ status: cl_int) -> String {
  let name: String? =
    switch status {
    case -1: "CL_DEVICE_NOT_FOUND"
    case -2: "CL_DEVICE_NOT_AVAILABLE"
    case -3: "CL_COMPILER_NOT_AVAILABLE"
    case -4: "CL_MEM_OBJECT_ALLOCATION_FAILURE"
    case -5: "CL_OUT_OF_RESOURCES"
    case -6: "CL_OUT_OF_HOST_MEMORY"
    case -11: "CL_BUILD_PROGRAM_FAILURE"
    case -14: "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"
    case -30: "CL_INVALID_VALUE"
    case -33: "CL_INVALID_DEVICE"
    case -34: "CL_INVALID_CONTEXT"
    case -36: "CL_INVALID_COMMAND_QUEUE"
    case -38: "CL_INVALID_MEM_OBJECT"
    case -43: "CL_INVALID_BUILD_OPTIONS"
    case -44: "CL_INVALID_PROGRAM"
    case -45: "CL_INVALID_PROGRAM_EXECUTABLE"
    case -46: "CL_INVALID_KERNEL_NAME"
    case -48: "CL_INVALID_KERNEL"
    case -49: "CL_INVALID_ARG_INDEX"
    case -50: "CL_INVALID_ARG_VALUE"
    case -51: "CL_INVALID_ARG_SIZE"
    case -52: "CL_INVALID_KERNEL_ARGS"
    case -53: "CL_INVALID_WORK_DIMENSION"
    case -54: "CL_INVALID_WORK_GROUP_SIZE"
    case -55: "CL_INVALID_WORK_ITEM_SIZE"
    case -56: "CL_INVALID_GLOBAL_OFFSET"
    case -59: "CL_INVALID_OPERATION"
    case -61: "CL_INVALID_BUFFER_SIZE"
    case -63: "CL_INVALID_GLOBAL_WORK_SIZE"
    default: nil
    }
  return name.map { "\($0) (\(status))" } ?? "OpenCL status \(status)"
}
