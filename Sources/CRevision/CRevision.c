#include "CRevision.h"
#include <stddef.h>

const char *isthmus_built_revision(void) {
#ifdef ISTHMUS_REVISION
  return ISTHMUS_REVISION;
#else
  return NULL;
#endif
}
