// CSpawn.h: what posix_spawn can do beyond POSIX.
#ifndef ISTHMUS_CSPAWN_H
#define ISTHMUS_CSPAWN_H

#include <spawn.h>

// Starts the program in `folder`. Returns 0, or an error number.
int isthmus_spawn_in_folder(posix_spawn_file_actions_t *_Nonnull actions, const char *_Nonnull folder);

#endif
