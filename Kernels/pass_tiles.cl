// pass_tiles.cl: sizes of wide_pass.cl and feature_pass.cl, which include it. A term is a centre or a feature.

// Coordinates of a point.
#ifndef WIDTH
#define WIDTH 2
#endif
// Outputs that one work-item accumulates.
#ifndef OUTPUTS
#define OUTPUTS 1
#endif
#ifndef JACOBIAN
#define JACOBIAN 1
#endif
// Points of a work-group, and terms that it shares in local memory at a time, 0 for none.
#ifndef GROUP
#define GROUP 1
#endif
#ifndef STAGE
#define STAGE 0
#endif
// Terms whose values are computed, COPIES at a time, before any output adds them up. BLOCK is a multiple of COPIES.
#ifndef COPIES
#define COPIES 1
#endif
#ifndef BLOCK
#define BLOCK COPIES
#endif
// Outputs whose sums are in registers at a time; OUTPUTS is a multiple of it, and those beyond the last repeat it.
#ifndef TOGETHER
#define TOGETHER OUTPUTS
#endif
