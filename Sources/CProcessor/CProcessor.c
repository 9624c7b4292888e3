#include "CProcessor.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

int processor_has_avx2_and_fma(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#else
  return 0;
#endif
}

int processor_has_avx512(void) {
#if defined(__x86_64__)
  return processor_has_avx2_and_fma() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return 0;
#endif
}

void processor_name(char *name, size_t size) {
  if (size == 0) return;
  name[0] = 0;
#if defined(__APPLE__)
  size_t length = size;
  if (sysctlbyname("machdep.cpu.brand_string", name, &length, NULL, 0) != 0) name[0] = 0;
#elif defined(__x86_64__)
  // Leaves 0x80000002 to 0x80000004 hold 48 characters.
  unsigned text[13] = {0};
  if (__get_cpuid_max(0x80000000u, NULL) < 0x80000004u) return;
  for (unsigned leaf = 0; leaf < 3; leaf++)
    __get_cpuid(0x80000002u + leaf, text + 4 * leaf, text + 4 * leaf + 1, text + 4 * leaf + 2, text + 4 * leaf + 3);
  strncpy(name, (const char *)text, size - 1);
  name[size - 1] = 0;
#endif
}
