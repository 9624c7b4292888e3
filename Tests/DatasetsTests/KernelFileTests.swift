import Datasets
import Foundation
import NumPyFormat
import Testing

@Suite struct KernelFileTests {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// How numbers lie in a file.
  struct Form: Sendable, CustomTestStringConvertible {
    let descr: String
    let isFortranOrder: Bool
    static let all = ["<f4", ">f4", "=f8", ">f8"].flatMap { descr in [false, true].map { Form(descr: descr, isFortranOrder: $0) } }
    var testDescription: String { "\(descr), \(isFortranOrder ? "Fortran" : "C") order" }

    func encoded(_ matrix: [Double], rows: Int, columns: Int) -> [UInt8] {
      func bytes(_ number: Double) -> [UInt8] {
        let little =
          descr.hasSuffix("8")
          ? withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
          : withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
        return descr.hasPrefix(">") ? little.reversed() : little
      }
      let order =
        isFortranOrder
        ? (0..<columns).flatMap { column in (0..<rows).map { $0 * columns + column } } : Array(0..<rows * columns)
      return NPYHeader(descr: descr, isFortranOrder: isFortranOrder, shape: [rows, columns]).encoded + order.flatMap { bytes(matrix[$0]) }
    }
  }

  /// Random numbers that float32 holds, symmetric, with 1 on the diagonal.
  private func kernel(_ size: Int, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    var matrix = [Double](repeating: 1, count: size * size)
    for i in 0..<size {
      for j in 0..<i {
        matrix[i * size + j] = Double(Float(random.nextNormalPair().0 / 8))
        matrix[j * size + i] = matrix[i * size + j]
      }
    }
    return matrix
  }

  private func file(_ matrix: [Double], rows: Int, columns: Int, _ form: Form = Form.all[0]) throws -> KernelFile {
    try KernelFile(contentsOf: directory.write("k.npy", form.encoded(matrix, rows: rows, columns: columns)))
  }

  @Test func entriesBeyondTheirBoundAreFound() throws {
    var matrix = kernel(40, seed: 4)
    try file(matrix, rows: 40, columns: 40).checkBounds(size: 40)
    matrix[7 * 40 + 3] = 1 + 0x1p-20
    try file(matrix, rows: 40, columns: 40).checkBounds(size: 40)
    matrix[7 * 40 + 3] = -1.25
    #expect(
      throws: DatasetError.beyondSchwarz(
        path: "\(directory.path)/k.npy", row: 7, column: 3, entry: -1.25, bound: 1, tolerance: 1e-6)
    ) { try file(matrix, rows: 40, columns: 40).checkBounds(size: 40) }
    try file(matrix, rows: 40, columns: 40).checkBounds(size: 7)
    matrix[5 * 40 + 5] = -0.5
    #expect(throws: DatasetError.negativeDiagonal(path: "\(directory.path)/k.npy", row: 5, entry: -0.5)) {
      try file(matrix, rows: 40, columns: 40).checkBounds(size: 40)
    }
  }

  @Test(arguments: Form.all) func everyBlockOfRowsIsRead(_ form: Form) throws {
    // More columns than one tile of the reader, and no multiple of it.
    let (rows, columns) = (7, 150)
    let matrix = (0..<rows * columns).map { Double($0) - 500 }
    let kernel = try file(matrix, rows: rows, columns: columns, form)
    #expect(kernel.rowCount == rows && kernel.columnCount == columns)
    #expect(kernel.precision == (form.descr.hasSuffix("4") ? .float32 : .float64))
    let blocks = (0...rows).flatMap { lower in (lower...rows).map { lower..<$0 } }
    let wrong = try blocks.filter { try kernel.rows($0) != Array(matrix[$0.lowerBound * columns..<$0.upperBound * columns]) }
    #expect(wrong.isEmpty)
    for range in [-1..<1, 3..<8] {
      #expect(throws: DatasetError.invalidParameter(name: "\(kernel.path): rows", value: "\(range)", expected: "rows within 0..<7")) {
        try kernel.rows(range)
      }
    }
  }

  @Test func aFileOfNumPyIsRead() throws {
    // numpy.save of numpy.asfortranarray([[1, 2.5], [-3, 4]], dtype=">f4"), NumPy 2.4: version 1, 128 bytes before the numbers.
    let header = "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 2), }"
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [UInt8](repeating: 0x20, count: 117 - header.utf8.count) + [0x0A]
      + [0x3F, 0x80, 0, 0, 0xC0, 0x40, 0, 0, 0x40, 0x20, 0, 0, 0x40, 0x80, 0, 0]
    let path = try directory.write("k.npy", bytes)
    #expect(try KernelFile(contentsOf: path).rows(0..<2) == [1, 2.5, -3, 4])
  }

  @Test func aMatrixOfAnotherShapeIsRefused() throws {
    let path = try file([Double](repeating: 1, count: 6), rows: 2, columns: 3).path
    #expect(throws: Never.self) { try KernelFile(contentsOf: path, shape: (2, 3)) }
    for shape in [(3, 2), (2, 2), (6, 1)] {
      #expect(throws: DatasetError.wrongShape(path: path, expected: [shape.0, shape.1], found: [2, 3])) {
        try KernelFile(contentsOf: path, shape: shape)
      }
    }
    #expect(throws: DatasetError.wrongShape(path: path, expected: [3, 3], found: [2, 3])) {
      try KernelFile(contentsOf: path).checkSymmetric(size: 3)
    }
  }

  @Test func whatIsNoMatrixOfFloatsIsRefused() throws {
    func refusal(_ bytes: [UInt8]) throws -> DatasetError? {
      let path = try directory.write("k.npy", bytes)
      do throws(DatasetError) {
        _ = try KernelFile(contentsOf: path)
        return nil
      } catch {
        return error
      }
    }
    func npy(_ descr: String, _ shape: [Int], bytes: Int) -> [UInt8] {
      NPYHeader(descr: descr, shape: shape).encoded + [UInt8](repeating: 0, count: bytes)
    }
    let path = "\(directory.path)/k.npy"
    func unsupported(_ found: String, _ supported: String) -> DatasetError {
      .unsupported(path: path, format: "a kernel matrix", found: found, supported: supported)
    }
    #expect(try refusal(npy("<f4", [2, 2], bytes: 16)) == nil)
    #expect(try refusal(npy("<f4", [4], bytes: 16)) == unsupported("shape [4]", "two dimensions"))
    #expect(try refusal(npy("<f4", [1, 2, 2], bytes: 16)) == unsupported("shape [1, 2, 2]", "two dimensions"))
    #expect(try refusal(npy("<i4", [2, 2], bytes: 16)) == unsupported("int32", "float32 or float64"))
    #expect(try refusal(npy("<f8", [0, 2], bytes: 0)) == .noPoints(name: path))
    #expect(try refusal(gzip(npy("<f4", [2, 2], bytes: 16))) == unsupported("a gzip file", "an .npy file that is not compressed"))
    #expect(try refusal([]) == .emptyFile(path: path))
    guard case .wrongMagic(path, _, _, _) = try refusal(Array("1,2\n3,4\n".utf8)) else {
      Issue.record("a text was accepted")
      return
    }
    #expect(throws: DatasetError.fileNotFound(path: path + "x")) { try KernelFile(contentsOf: path + "x") }
    #expect(throws: DatasetError.isDirectory(path: directory.path)) { try KernelFile(contentsOf: directory.path) }
  }

  @Test func everyCutAndEveryExtraByteIsFound() throws {
    let sound = Form.all[0].encoded([1, 2, 3, 4], rows: 2, columns: 2)
    let passed = try (6..<sound.count).filter { length in
      let path = try directory.write("k.npy", Array(sound[..<length]))
      do throws(DatasetError) {
        _ = try KernelFile(contentsOf: path)
        return true
      } catch {
        if case .truncated(path, _, length) = error { return false }
        return true
      }
    }
    #expect(passed.isEmpty, "cut to these lengths, the file was not called truncated: \(passed)")
    let path = try directory.write("k.npy", sound + [0])
    #expect(throws: DatasetError.trailingBytes(path: path, expected: sound.count, found: sound.count + 1)) {
      try KernelFile(contentsOf: path)
    }
  }

  @Test(arguments: Form.all, [Double.nan, .infinity, -.infinity])
  func aNumberThatIsNotFiniteIsNamed(_ form: Form, _ number: Double) throws {
    var matrix = kernel(90, seed: 1)
    matrix[70 * 90 + 80] = number
    let kernel = try file(matrix, rows: 90, columns: 90, form)
    let error = DatasetError.notFinite(name: kernel.path, row: 70, column: 80)
    #expect(throws: error) { try kernel.rows(60..<90) }
    #expect(try kernel.rows(0..<70).count == 6300, "rows before it are read")
    #expect(throws: error) { try kernel.checkSymmetric(size: 90) }
    #expect(throws: Never.self) { try kernel.checkSymmetric(size: 80) }
    for position in [80 * 90 + 70, 80 * 90 + 80] {
      var other = self.kernel(90, seed: 1)
      other[position] = number
      let kernel = try file(other, rows: 90, columns: 90, form)
      #expect(throws: DatasetError.notFinite(name: kernel.path, row: 80, column: position % 90)) { try kernel.checkSymmetric(size: 90) }
    }
  }

  @Test(arguments: Form.all) func everyPairIsCompared(_ form: Form) throws {
    // Halved more than once, into blocks of odd sizes; a single pair differs, in turn at many places of every block.
    let size = 131
    let symmetric = kernel(size, seed: 2)
    try file(symmetric, rows: size, columns: size, form).checkSymmetric(size: size)
    let header = NPYHeader(descr: form.descr, isFortranOrder: form.isFortranOrder, shape: [size, size]).encoded
    var bytes = form.encoded(symmetric, rows: size, columns: size)
    let width = (bytes.count - header.count) / (size * size)
    // The byte with the sign.
    let sign = form.descr.hasPrefix(">") ? 0 : width - 1
    var missed: [[Int]] = []
    for i in 0..<size {
      for j in i + 1..<size where (i + j) % 11 == 0 || i / 50 != j / 50 && (i + j) % 7 == 0 {
        // Above the diagonal, or below it.
        let (row, column) = (i + j) % 2 == 0 ? (i, j) : (j, i)
        let place = header.count + (form.isFortranOrder ? column * size + row : row * size + column) * width + sign
        bytes[place] ^= 0x80
        let kernel = try KernelFile(.memory(path: "k.npy", bytes))
        bytes[place] ^= 0x80
        do throws(DatasetError) {
          try kernel.checkSymmetric(size: size, blockSize: 50)
          missed.append([i, j])
        } catch {
          guard case .notSymmetric(_, i, j, _, _, KernelFile.symmetryTolerance) = error else {
            missed.append([i, j])
            continue
          }
        }
      }
    }
    #expect(missed.isEmpty, "seed 2")
  }

  @Test func theFirstPairIsReportedRowByRow() throws {
    let size = 300
    var matrix = kernel(size, seed: 3)
    // Nine blocks; of the two in the first row of blocks, in the order in which they are visited, the second is the first row by row.
    for (row, column) in [(6, 7), (160, 5), (5, 299), (200, 201)] { matrix[row * size + column] += 0.5 }
    let kernel = try file(matrix, rows: size, columns: size, Form(descr: "<f8", isFortranOrder: false))
    #expect(
      throws: DatasetError.notSymmetric(
        path: kernel.path, row: 5, column: 160, entry: matrix[5 * size + 160], transposed: matrix[160 * size + 5], tolerance: 1e-6)
    ) { try kernel.checkSymmetric(size: size, blockSize: 100) }
    try kernel.checkSymmetric(size: 7)
    #expect(throws: DatasetError.self) { try kernel.checkSymmetric(size: 8) }
  }

  @Test func theToleranceIsRelativeToTheLargestDiagonalEntry() throws {
    for (difference, isAccepted) in [(0.99e-3, true), (1.01e-3, false)] {
      let kernel = try file([2, 5, 5 + difference, -1000], rows: 2, columns: 2, Form(descr: "<f8", isFortranOrder: false))
      let accepted: Void? = try? kernel.checkSymmetric(size: 2)
      #expect((accepted != nil) == isAccepted, "difference \(difference)")
    }
    let zero = try file([0, 0, 0, 0], rows: 2, columns: 2)
    try zero.checkSymmetric(size: 2)
    try zero.checkSymmetric(size: 0)
  }

  @Test func theChecksumIsThatOfOtherDataFiles() throws {
    let kernel = try file([1, 2, 3, 4], rows: 2, columns: 2)
    let stream = try DataStream(contentsOf: kernel.path)
    _ = try stream.contents()
    #expect(try kernel.checksum() == stream.checksum)
  }
}
