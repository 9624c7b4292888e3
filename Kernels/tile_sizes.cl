// tile_sizes.cl: the tile of a work-group, for kernels of GPUs that include it.

// Rows and columns of the tile.
#ifndef TILE_M
#define TILE_M 32
#endif
#ifndef TILE_N
#define TILE_N 32
#endif
// Inner numbers of a block.
#ifndef TILE_K
#define TILE_K 8
#endif
// Rows and columns of a work-item.
#ifndef WORK_M
#define WORK_M 4
#endif
#ifndef WORK_N
#define WORK_N 4
#endif

// Work-items along the rows and columns of the tile, and in all.
#define GROUP_M (TILE_M / WORK_M)
#define GROUP_N (TILE_N / WORK_N)
#define THREADS (GROUP_M * GROUP_N)
