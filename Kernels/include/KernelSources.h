#pragma once

/// The text of one kernel file, embedded when the package was built; ends in a zero byte.
typedef struct IsthmusKernelSource {
  const char *_Nonnull name;
  const char *_Nonnull text;
} IsthmusKernelSource;

/// All kernel files; `count` receives their number.
const IsthmusKernelSource *_Nonnull isthmus_kernel_sources(int *_Nonnull count);
