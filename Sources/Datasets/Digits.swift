import DigitsData

/// The 1797 handwritten digits of 8 x 8 pixels that come with the library: values 0...16, no official test set.
enum Digits {
  static let source =
    "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, CC BY 4.0, through scikit-learn; "
    + "change made: format only"

  /// Read by the same reader as a user's files.
  ///
  /// - Throws: `DatasetError` if the data in the program are damaged.
  static func load() throws(DatasetError) -> LoadedData {
    let images = try DataStream(
      path: "built-in digits-images-idx3-ubyte",
      bytes: Array(UnsafeBufferPointer(start: isthmus_digits_images(), count: isthmus_digits_images_size())))
    let labels = try DataStream(
      path: "built-in digits-labels-idx1-ubyte",
      bytes: Array(UnsafeBufferPointer(start: isthmus_digits_labels(), count: isthmus_digits_labels_size())))
    let digits = try IDXReader.dataset(name: "digits", images: images, labels: labels, source: source)
    return try LoadedData(train: digits, files: [images.checksum, labels.checksum])
  }
}
