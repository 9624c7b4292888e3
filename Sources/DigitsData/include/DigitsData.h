// The 8 x 8 handwritten digits as two files of the IDX format, held in the program's read-only data.
// Source and licence: README.md beside this folder.
#ifndef ISTHMUS_DIGITS_DATA_H
#define ISTHMUS_DIGITS_DATA_H

#include <stddef.h>
#include <stdint.h>

/// First byte of digits-images-idx3-ubyte; valid for the life of the program.
const uint8_t *_Nonnull isthmus_digits_images(void);
/// Bytes of digits-images-idx3-ubyte.
size_t isthmus_digits_images_size(void);
/// First byte of digits-labels-idx1-ubyte; valid for the life of the program.
const uint8_t *_Nonnull isthmus_digits_labels(void);
/// Bytes of digits-labels-idx1-ubyte.
size_t isthmus_digits_labels_size(void);

#endif
