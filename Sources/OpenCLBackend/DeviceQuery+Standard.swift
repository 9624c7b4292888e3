extension DeviceQuery {
  /// What OpenCL 3.0 and its predecessors name, in groups. Left out are handles: `CL_DEVICE_PLATFORM`, `CL_DEVICE_PARENT_DEVICE`.
  ///
  /// Source: The OpenCL Specification, 3.0.14, tables 4 (platforms) and 5 (devices); codes of the headers of Khronos.
  package static let device: [(title: String, queries: [DeviceQuery])] = [
    ("identity", identity), ("compute", compute), ("vectors", vectors), ("arithmetic", arithmetic), ("memory", memory), ("queues", queues),
    ("images", images), ("parts", parts), ("extensions", extensions),
  ]

  /// What is asked of a platform.
  package static let platform = [
    DeviceQuery("CL_PLATFORM_NAME", 0x0902, .text), DeviceQuery("CL_PLATFORM_VENDOR", 0x0903, .text),
    DeviceQuery("CL_PLATFORM_VERSION", 0x0901, .text), DeviceQuery("CL_PLATFORM_NUMERIC_VERSION", 0x0906, .version),
    DeviceQuery("CL_PLATFORM_PROFILE", 0x0900, .text), DeviceQuery("CL_PLATFORM_HOST_TIMER_RESOLUTION", 0x0905, .number("ns")),
    DeviceQuery("CL_PLATFORM_EXTENSIONS", 0x0904, .words),
  ]

  private static let identity = [
    DeviceQuery("CL_DEVICE_NAME", 0x102B, .text), DeviceQuery("CL_DEVICE_VENDOR", 0x102C, .text),
    DeviceQuery("CL_DEVICE_VENDOR_ID", 0x1001, .hexadecimal),
    DeviceQuery("CL_DEVICE_TYPE", 0x1000, .bits(["default", "CPU", "GPU", "accelerator", "custom"])),
    DeviceQuery("CL_DEVICE_VERSION", 0x102F, .text), DeviceQuery("CL_DRIVER_VERSION", 0x102D, .text),
    DeviceQuery("CL_DEVICE_NUMERIC_VERSION", 0x105E, .version), DeviceQuery("CL_DEVICE_OPENCL_C_VERSION", 0x103D, .text),
    DeviceQuery("CL_DEVICE_OPENCL_C_ALL_VERSIONS", 0x1066, .versions), DeviceQuery("CL_DEVICE_IL_VERSION", 0x105B, .words),
    DeviceQuery("CL_DEVICE_ILS_WITH_VERSION", 0x1061, .versions), DeviceQuery("CL_DEVICE_PROFILE", 0x102E, .text),
    DeviceQuery("CL_DEVICE_LATEST_CONFORMANCE_VERSION_PASSED", 0x1072, .text), DeviceQuery("CL_DEVICE_UUID_KHR", 0x106A, .identity),
    DeviceQuery("CL_DEVICE_AVAILABLE", 0x1027, .flag), DeviceQuery("CL_DEVICE_COMPILER_AVAILABLE", 0x1028, .flag),
    DeviceQuery("CL_DEVICE_LINKER_AVAILABLE", 0x103E, .flag), DeviceQuery("CL_DEVICE_REFERENCE_COUNT", 0x1047, .number()),
  ]

  private static let compute = [
    DeviceQuery("CL_DEVICE_MAX_COMPUTE_UNITS", 0x1002, .number()), DeviceQuery("CL_DEVICE_MAX_CLOCK_FREQUENCY", 0x100C, .number("MHz")),
    DeviceQuery("CL_DEVICE_ADDRESS_BITS", 0x100D, .number("bits")), DeviceQuery("CL_DEVICE_ENDIAN_LITTLE", 0x1026, .flag),
    DeviceQuery("CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS", 0x1003, .number()), DeviceQuery("CL_DEVICE_MAX_WORK_ITEM_SIZES", 0x1005, .sizes),
    DeviceQuery("CL_DEVICE_MAX_WORK_GROUP_SIZE", 0x1004, .number("work-items")),
    DeviceQuery("CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE", 0x1067, .number("work-items")),
    DeviceQuery("CL_DEVICE_MAX_NUM_SUB_GROUPS", 0x105C, .number()),
    DeviceQuery("CL_DEVICE_SUB_GROUP_INDEPENDENT_FORWARD_PROGRESS", 0x105D, .flag),
    DeviceQuery("CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT", 0x1065, .flag),
    DeviceQuery("CL_DEVICE_WORK_GROUP_COLLECTIVE_FUNCTIONS_SUPPORT", 0x1068, .flag),
    DeviceQuery("CL_DEVICE_EXECUTION_CAPABILITIES", 0x1029, .bits(["kernels", "native kernels"])),
  ]

  private static let vectors = [
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR", 0x1036, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT", 0x1037, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_INT", 0x1038, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG", 0x1039, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_HALF", 0x103C, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT", 0x103A, .number()),
    DeviceQuery("CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE", 0x103B, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR", 0x1006, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT", 0x1007, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT", 0x1008, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG", 0x1009, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_HALF", 0x1034, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT", 0x100A, .number()),
    DeviceQuery("CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE", 0x100B, .number()),
  ]

  private static let roundings = Form.bits([
    "denormals", "infinities and NaNs", "round to nearest", "round to zero", "round to infinity", "FMA", "software",
    "correctly rounded division and square root",
  ])

  private static let arithmetic = [
    DeviceQuery("CL_DEVICE_HALF_FP_CONFIG", 0x1033, roundings), DeviceQuery("CL_DEVICE_SINGLE_FP_CONFIG", 0x101B, roundings),
    DeviceQuery("CL_DEVICE_DOUBLE_FP_CONFIG", 0x1032, roundings),
  ]

  private static let memory = [
    DeviceQuery("CL_DEVICE_GLOBAL_MEM_SIZE", 0x101F, .bytes), DeviceQuery("CL_DEVICE_MAX_MEM_ALLOC_SIZE", 0x1010, .bytes),
    DeviceQuery("CL_DEVICE_HOST_UNIFIED_MEMORY", 0x1035, .flag), DeviceQuery("CL_DEVICE_ERROR_CORRECTION_SUPPORT", 0x1024, .flag),
    DeviceQuery("CL_DEVICE_GLOBAL_MEM_CACHE_TYPE", 0x101C, .choice(["none", "read only", "read and write"])),
    DeviceQuery("CL_DEVICE_GLOBAL_MEM_CACHE_SIZE", 0x101E, .bytes), DeviceQuery("CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE", 0x101D, .bytes),
    DeviceQuery("CL_DEVICE_LOCAL_MEM_TYPE", 0x1022, .choice(["none", "of its own", "global"])),
    DeviceQuery("CL_DEVICE_LOCAL_MEM_SIZE", 0x1023, .bytes), DeviceQuery("CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE", 0x1020, .bytes),
    DeviceQuery("CL_DEVICE_MAX_CONSTANT_ARGS", 0x1021, .number()), DeviceQuery("CL_DEVICE_MEM_BASE_ADDR_ALIGN", 0x1019, .number("bits")),
    DeviceQuery("CL_DEVICE_MIN_DATA_TYPE_ALIGN_SIZE", 0x101A, .bytes), DeviceQuery("CL_DEVICE_MAX_GLOBAL_VARIABLE_SIZE", 0x104D, .bytes),
    DeviceQuery("CL_DEVICE_GLOBAL_VARIABLE_PREFERRED_TOTAL_SIZE", 0x1054, .bytes),
    DeviceQuery(
      "CL_DEVICE_SVM_CAPABILITIES", 0x1053, .bits(["coarse-grain buffers", "fine-grain buffers", "fine-grain system", "atomics"])),
    DeviceQuery("CL_DEVICE_PREFERRED_PLATFORM_ATOMIC_ALIGNMENT", 0x1058, .bytes),
    DeviceQuery("CL_DEVICE_PREFERRED_GLOBAL_ATOMIC_ALIGNMENT", 0x1059, .bytes),
    DeviceQuery("CL_DEVICE_PREFERRED_LOCAL_ATOMIC_ALIGNMENT", 0x105A, .bytes),
    DeviceQuery("CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES", 0x1063, atomics),
    DeviceQuery("CL_DEVICE_ATOMIC_FENCE_CAPABILITIES", 0x1064, atomics),
    DeviceQuery("CL_DEVICE_GENERIC_ADDRESS_SPACE_SUPPORT", 0x1069, .flag),
  ]

  private static let atomics = Form.bits([
    "relaxed", "acquire and release", "sequentially consistent", "within work-items", "within work-groups", "within the device",
    "all devices",
  ])

  private static let queueProperties = Form.bits(["out of order", "profiling", "on the device", "default on the device"])

  private static let queues = [
    DeviceQuery("CL_DEVICE_QUEUE_ON_HOST_PROPERTIES", 0x102A, queueProperties),
    DeviceQuery("CL_DEVICE_QUEUE_ON_DEVICE_PROPERTIES", 0x104E, queueProperties),
    DeviceQuery("CL_DEVICE_QUEUE_ON_DEVICE_PREFERRED_SIZE", 0x104F, .bytes),
    DeviceQuery("CL_DEVICE_QUEUE_ON_DEVICE_MAX_SIZE", 0x1050, .bytes), DeviceQuery("CL_DEVICE_MAX_ON_DEVICE_QUEUES", 0x1051, .number()),
    DeviceQuery("CL_DEVICE_MAX_ON_DEVICE_EVENTS", 0x1052, .number()),
    DeviceQuery("CL_DEVICE_DEVICE_ENQUEUE_CAPABILITIES", 0x1070, .bits(["supported", "replaceable default queue"])),
    DeviceQuery("CL_DEVICE_PROFILING_TIMER_RESOLUTION", 0x1025, .number("ns")),
    DeviceQuery("CL_DEVICE_MAX_PARAMETER_SIZE", 0x1017, .bytes), DeviceQuery("CL_DEVICE_PRINTF_BUFFER_SIZE", 0x1049, .bytes),
    DeviceQuery("CL_DEVICE_PIPE_SUPPORT", 0x1071, .flag), DeviceQuery("CL_DEVICE_MAX_PIPE_ARGS", 0x1055, .number()),
    DeviceQuery("CL_DEVICE_PIPE_MAX_ACTIVE_RESERVATIONS", 0x1056, .number()),
    DeviceQuery("CL_DEVICE_PIPE_MAX_PACKET_SIZE", 0x1057, .bytes), DeviceQuery("CL_DEVICE_PREFERRED_INTEROP_USER_SYNC", 0x1048, .flag),
  ]

  private static let images = [
    DeviceQuery("CL_DEVICE_IMAGE_SUPPORT", 0x1016, .flag), DeviceQuery("CL_DEVICE_MAX_READ_IMAGE_ARGS", 0x100E, .number()),
    DeviceQuery("CL_DEVICE_MAX_WRITE_IMAGE_ARGS", 0x100F, .number()), DeviceQuery("CL_DEVICE_MAX_READ_WRITE_IMAGE_ARGS", 0x104C, .number()),
    DeviceQuery("CL_DEVICE_IMAGE2D_MAX_WIDTH", 0x1011, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE2D_MAX_HEIGHT", 0x1012, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE3D_MAX_WIDTH", 0x1013, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE3D_MAX_HEIGHT", 0x1014, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE3D_MAX_DEPTH", 0x1015, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE_MAX_BUFFER_SIZE", 0x1040, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE_MAX_ARRAY_SIZE", 0x1041, .number("images")),
    DeviceQuery("CL_DEVICE_IMAGE_PITCH_ALIGNMENT", 0x104A, .number("pixels")),
    DeviceQuery("CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT", 0x104B, .number("pixels")),
    DeviceQuery("CL_DEVICE_MAX_SAMPLERS", 0x1018, .number()),
  ]

  private static let parts = [
    DeviceQuery("CL_DEVICE_PARTITION_MAX_SUB_DEVICES", 0x1043, .number()),
    DeviceQuery("CL_DEVICE_PARTITION_PROPERTIES", 0x1044, .partitions),
    DeviceQuery(
      "CL_DEVICE_PARTITION_AFFINITY_DOMAIN", 0x1045,
      .bits(["NUMA", "L4 cache", "L3 cache", "L2 cache", "L1 cache", "next partitionable"])),
    DeviceQuery("CL_DEVICE_PARTITION_TYPE", 0x1046, .partitions),
  ]

  private static let extensions = [
    DeviceQuery("CL_DEVICE_EXTENSIONS", 0x1030, .words), DeviceQuery("CL_DEVICE_EXTENSIONS_WITH_VERSION", 0x1060, .versions),
    DeviceQuery("CL_DEVICE_OPENCL_C_FEATURES", 0x106F, .versions), DeviceQuery("CL_DEVICE_BUILT_IN_KERNELS", 0x103F, .words),
    DeviceQuery("CL_DEVICE_BUILT_IN_KERNELS_WITH_VERSION", 0x1062, .versions),
  ]
}
