#include "COpenCL.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const system_paths[] = {
#ifdef __APPLE__
  "/System/Library/Frameworks/OpenCL.framework/OpenCL",
#endif
  "libOpenCL.so.1",
  "libOpenCL.so",
};

static const char *last_error(void) {
  const char *text = dlerror();
  return text ? text : "unknown reason";
}

const IsthmusOpenCL *isthmus_opencl_load(const char *path, char *message, int capacity) {
  void *library = NULL;
  if (path) {
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  } else {
    for (size_t i = 0; !library && i < sizeof system_paths / sizeof *system_paths; i++)
      library = dlopen(system_paths[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) {
    snprintf(message, (size_t)capacity, "%s", last_error());
    return NULL;
  }
  IsthmusOpenCL *table = malloc(sizeof *table);
  if (!table) {
    snprintf(message, (size_t)capacity, "no memory for the table of functions");
    dlclose(library);
    return NULL;
  }
#define ISTHMUS_RESOLVE(name)                                                  \
  {                                                                            \
    void *symbol = dlsym(library, #name);                                      \
    if (!symbol) {                                                             \
      snprintf(message, (size_t)capacity, "the library has no %s", #name);     \
      free(table);                                                             \
      dlclose(library);                                                        \
      return NULL;                                                             \
    }                                                                          \
    *(void **)&table->name = symbol;                                           \
  }
  ISTHMUS_OPENCL_FUNCTIONS(ISTHMUS_RESOLVE)
#undef ISTHMUS_RESOLVE
  return table;
}
