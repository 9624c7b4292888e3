// posix_spawn_file_actions_addchdir_np is an extension of glibc and Darwin.
#define _GNU_SOURCE
#include "CSpawn.h"

int isthmus_spawn_in_folder(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}
