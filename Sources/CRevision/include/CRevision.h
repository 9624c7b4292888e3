// The source revision that the build was told: the environment variable ISTHMUS_REVISION, read by Package.swift.
#pragma once

// NULL where the build was told none.
const char *isthmus_built_revision(void);
