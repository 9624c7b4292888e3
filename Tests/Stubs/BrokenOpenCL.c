// BrokenOpenCL.c: the system's OpenCL with faults, for tests of what a broken driver does to the program.
//
//   cc -shared -fPIC -O1 -o broken.so BrokenOpenCL.c -ldl;  ISTHMUS_OPENCL_LIBRARY=broken.so STUB_FAULT=... isthmus ...
//
// STUB_FAULT:
//   crash     clGetPlatformIDs reads address 0
//   exit      clGetPlatformIDs ends the process
//   hang      clGetPlatformIDs does not return
//   context   every device is there twice, and no context can be made for the second of them
//   nounits   every device says that it has 0 compute units
//   wrong     what is read back as float64 is 1 % too large
// With STUB_LOG=FILE a line is appended to FILE whenever platforms are asked for.

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has(const char *fault) {
  const char *chosen = getenv("STUB_FAULT");
  return chosen && strcmp(chosen, fault) == 0;
}

static void *own(const char *name) {
  static void *library;
  if (!library) library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  return library ? dlsym(library, name) : NULL;
}

#define FORWARD(RESULT, NAME, PARAMETERS, ARGUMENTS)             \
  RESULT NAME PARAMETERS {                                       \
    RESULT(*function) PARAMETERS = (RESULT(*) PARAMETERS)own(#NAME); \
    return function ARGUMENTS;                                   \
  }

cl_int clGetPlatformIDs(cl_uint count, cl_platform_id *platforms, cl_uint *found) {
  const char *log = getenv("STUB_LOG");
  FILE *file = log ? fopen(log, "a") : NULL;
  if (file) {
    fprintf(file, "%d\n", getpid());
    fclose(file);
  }
  if (has("crash")) *(volatile int *)0 = 1;
  if (has("exit")) _exit(7);
  while (has("hang")) sleep(1);
  cl_int (*function)(cl_uint, cl_platform_id *, cl_uint *) = (cl_int(*)(cl_uint, cl_platform_id *, cl_uint *))own("clGetPlatformIDs");
  return function ? function(count, platforms, found) : -1001;
}

cl_int clGetDeviceIDs(cl_platform_id platform, cl_device_type type, cl_uint count, cl_device_id *devices, cl_uint *found) {
  cl_int (*function)(cl_platform_id, cl_device_type, cl_uint, cl_device_id *, cl_uint *) =
      (cl_int(*)(cl_platform_id, cl_device_type, cl_uint, cl_device_id *, cl_uint *))own("clGetDeviceIDs");
  if (!has("context")) return function(platform, type, count, devices, found);
  cl_uint present = 0;
  cl_int status = function(platform, type, 0, NULL, &present);
  if (status != CL_SUCCESS) return status;
  if (found) *found = 2 * present;
  if (!devices) return status;
  status = function(platform, type, present, devices, NULL);
  for (cl_uint i = 0; i < present && present + i < count; i++) devices[present + i] = devices[i];
  return status;
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info name, size_t size, void *value, size_t *needed) {
  cl_int (*function)(cl_device_id, cl_device_info, size_t, void *, size_t *) =
      (cl_int(*)(cl_device_id, cl_device_info, size_t, void *, size_t *))own("clGetDeviceInfo");
  cl_int status = function(device, name, size, value, needed);
  if (status == CL_SUCCESS && value && name == CL_DEVICE_MAX_COMPUTE_UNITS && has("nounits")) *(cl_uint *)value = 0;
  return status;
}

cl_context clCreateContext(const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
                           void (*notify)(const char *, const void *, size_t, void *), void *user, cl_int *status) {
  static int made;
  cl_context (*function)(const cl_context_properties *, cl_uint, const cl_device_id *,
                         void (*)(const char *, const void *, size_t, void *), void *, cl_int *) =
      (cl_context(*)(const cl_context_properties *, cl_uint, const cl_device_id *, void (*)(const char *, const void *, size_t, void *),
                     void *, cl_int *))own("clCreateContext");
  if (has("context") && ++made == 2) {
    if (status) *status = CL_OUT_OF_RESOURCES;
    return NULL;
  }
  return function(properties, count, devices, notify, user, status);
}

cl_int clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t size, void *target, cl_uint waits,
                           const cl_event *list, cl_event *event) {
  cl_int (*function)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint, const cl_event *, cl_event *) =
      (cl_int(*)(cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint, const cl_event *, cl_event *))own("clEnqueueReadBuffer");
  cl_int status = function(queue, buffer, CL_TRUE, offset, size, target, waits, list, event);
  if (status == CL_SUCCESS && has("wrong"))
    for (size_t i = 0; i < size / sizeof(double); i++) ((double *)target)[i] *= 1.01;
  return status;
}

FORWARD(cl_int, clGetPlatformInfo, (cl_platform_id a, cl_platform_info b, size_t c, void *d, size_t *e), (a, b, c, d, e))
FORWARD(cl_int, clReleaseContext, (cl_context a), (a))
FORWARD(cl_command_queue, clCreateCommandQueue, (cl_context a, cl_device_id b, cl_command_queue_properties c, cl_int *d), (a, b, c, d))
FORWARD(cl_int, clReleaseCommandQueue, (cl_command_queue a), (a))
FORWARD(cl_mem, clCreateBuffer, (cl_context a, cl_mem_flags b, size_t c, void *d, cl_int *e), (a, b, c, d, e))
FORWARD(cl_int, clReleaseMemObject, (cl_mem a), (a))
FORWARD(cl_int, clSetMemObjectDestructorCallback, (cl_mem a, void (*b)(cl_mem, void *), void *c), (a, b, c))
FORWARD(cl_program, clCreateProgramWithSource, (cl_context a, cl_uint b, const char **c, const size_t *d, cl_int *e), (a, b, c, d, e))
FORWARD(cl_program, clCreateProgramWithBinary,
        (cl_context a, cl_uint b, const cl_device_id *c, const size_t *d, const unsigned char **e, cl_int *f, cl_int *g),
        (a, b, c, d, e, f, g))
FORWARD(cl_int, clGetProgramInfo, (cl_program a, cl_program_info b, size_t c, void *d, size_t *e), (a, b, c, d, e))
FORWARD(cl_int, clBuildProgram,
        (cl_program a, cl_uint b, const cl_device_id *c, const char *d, void (*e)(cl_program, void *), void *f), (a, b, c, d, e, f))
FORWARD(cl_int, clGetProgramBuildInfo, (cl_program a, cl_device_id b, cl_program_build_info c, size_t d, void *e, size_t *f),
        (a, b, c, d, e, f))
FORWARD(cl_int, clReleaseProgram, (cl_program a), (a))
FORWARD(cl_kernel, clCreateKernel, (cl_program a, const char *b, cl_int *c), (a, b, c))
FORWARD(cl_int, clReleaseKernel, (cl_kernel a), (a))
FORWARD(cl_int, clSetKernelArg, (cl_kernel a, cl_uint b, size_t c, const void *d), (a, b, c, d))
FORWARD(cl_int, clEnqueueNDRangeKernel,
        (cl_command_queue a, cl_kernel b, cl_uint c, const size_t *d, const size_t *e, const size_t *f, cl_uint g, const cl_event *h,
         cl_event *i),
        (a, b, c, d, e, f, g, h, i))
FORWARD(cl_int, clEnqueueWriteBuffer,
        (cl_command_queue a, cl_mem b, cl_bool c, size_t d, size_t e, const void *f, cl_uint g, const cl_event *h, cl_event *i),
        (a, b, c, d, e, f, g, h, i))
FORWARD(cl_int, clFlush, (cl_command_queue a), (a))
FORWARD(cl_int, clFinish, (cl_command_queue a), (a))
