#include "DigitsData.h"

static const uint8_t images[] = {
#embed "digits-images-idx3-ubyte"
};
static const uint8_t labels[] = {
#embed "digits-labels-idx1-ubyte"
};

const uint8_t *isthmus_digits_images(void) { return images; }
size_t isthmus_digits_images_size(void) { return sizeof images; }
const uint8_t *isthmus_digits_labels(void) { return labels; }
size_t isthmus_digits_labels_size(void) { return sizeof labels; }
