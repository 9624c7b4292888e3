#include "KernelSources.h"

static const char prelude[] = {
#embed "prelude.cl"
  , 0};
static const char gemm_few[] = {
#embed "gemm_few.cl"
  , 0};
static const char gemm_direct[] = {
#embed "gemm_direct.cl"
  , 0};
static const char gemm_rows[] = {
#embed "gemm_rows.cl"
  , 0};
static const char gemm_tiled[] = {
#embed "gemm_tiled.cl"
  , 0};
static const char functions[] = {
#embed "functions.cl"
  , 0};
static const char points[] = {
#embed "points.cl"
  , 0};
static const char variances[] = {
#embed "variances.cl"
  , 0};
static const char wanted_kernels[] = {
#embed "wanted_kernels.cl"
  , 0};
static const char tile_sizes[] = {
#embed "tile_sizes.cl"
  , 0};
static const char tile_product[] = {
#embed "tile_product.cl"
  , 0};
static const char block_kernel[] = {
#embed "block_kernel.cl"
  , 0};
static const char recursion[] = {
#embed "recursion.cl"
  , 0};
static const char recursion_vjp[] = {
#embed "recursion_vjp.cl"
  , 0};
static const char transpose[] = {
#embed "transpose.cl"
  , 0};
static const char mirror[] = {
#embed "mirror.cl"
  , 0};
static const char pass_tiles[] = {
#embed "pass_tiles.cl"
  , 0};
static const char wide_pass[] = {
#embed "wide_pass.cl"
  , 0};
static const char copy_rows[] = {
#embed "copy_rows.cl"
  , 0};
static const char feature_pass[] = {
#embed "feature_pass.cl"
  , 0};
static const char map[] = {
#embed "map.cl"
  , 0};
static const char reduce[] = {
#embed "reduce.cl"
  , 0};
static const char philox[] = {
#embed "philox.cl"
  , 0};
static const char triangular_solve[] = {
#embed "triangular_solve.cl"
  , 0};
static const char roofline[] = {
#embed "roofline.cl"
  , 0};
static const char peaks[] = {
#embed "peaks.cl"
  , 0};

static const IsthmusKernelSource sources[] = {
  {"prelude", prelude},
  {"functions", functions},
  {"gemm_few", gemm_few},
  {"gemm_direct", gemm_direct},
  {"gemm_rows", gemm_rows},
  {"gemm_tiled", gemm_tiled},
  {"points", points},
  {"variances", variances},
  {"wanted_kernels", wanted_kernels},
  {"tile_sizes", tile_sizes},
  {"tile_product", tile_product},
  {"block_kernel", block_kernel},
  {"recursion", recursion},
  {"recursion_vjp", recursion_vjp},
  {"transpose", transpose},
  {"mirror", mirror},
  {"pass_tiles", pass_tiles},
  {"wide_pass", wide_pass},
  {"copy_rows", copy_rows},
  {"feature_pass", feature_pass},
  {"map", map},
  {"reduce", reduce},
  {"philox", philox},
  {"triangular_solve", triangular_solve},
  {"roofline", roofline},
  {"peaks", peaks},
};

const IsthmusKernelSource *isthmus_kernel_sources(int *count) {
  *count = sizeof sources / sizeof *sources;
  return sources;
}
