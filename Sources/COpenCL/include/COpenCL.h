#pragma once

// The OpenCL functions that Isthmus calls, found at run time: a program that links this starts without OpenCL.

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#ifdef __APPLE__
#include <OpenCL/opencl.h>
#else
#include <CL/cl.h>
#endif

#define ISTHMUS_OPENCL_FUNCTIONS(F) \
  F(clGetPlatformIDs) \
  F(clGetPlatformInfo) \
  F(clGetDeviceIDs) \
  F(clGetDeviceInfo) \
  F(clCreateContext) \
  F(clReleaseContext) \
  F(clCreateCommandQueue) \
  F(clReleaseCommandQueue) \
  F(clCreateBuffer) \
  F(clReleaseMemObject) \
  F(clSetMemObjectDestructorCallback) \
  F(clCreateProgramWithSource) \
  F(clCreateProgramWithBinary) \
  F(clGetProgramInfo) \
  F(clBuildProgram) \
  F(clGetProgramBuildInfo) \
  F(clReleaseProgram) \
  F(clCreateKernel) \
  F(clReleaseKernel) \
  F(clSetKernelArg) \
  F(clEnqueueNDRangeKernel) \
  F(clEnqueueReadBuffer) \
  F(clEnqueueWriteBuffer) \
  F(clFlush) \
  F(clFinish)

typedef struct IsthmusOpenCL {
#define ISTHMUS_MEMBER(name) __typeof__(name) *_Nonnull name;
  ISTHMUS_OPENCL_FUNCTIONS(ISTHMUS_MEMBER)
#undef ISTHMUS_MEMBER
} IsthmusOpenCL;

/// Loads the library at `path`, or the system's where `path` is null.
///
/// Returns a table that lives as long as the process; null where no library was found or a function is missing, with
/// the reason as text in `message`.
const IsthmusOpenCL *_Nullable isthmus_opencl_load(const char *_Nullable path, char *_Nonnull message, int capacity);
