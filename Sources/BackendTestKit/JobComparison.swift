import Compute

/// The results of one job from three sides: a device, the record and the reference.
struct JobComparison {
  var numbers = 0
  var sameAsRecord = 0
  var sameAsReference = 0
  var largestToRecord = 0.0
  var largestToReference = 0.0
  var worstRatio = 0.0
  var worstRecordedRatio = 0.0
  /// What is wrong with what the device did, and with the record; nil where nothing is.
  var fault: String?
  var recordFault: String?

  init(fault: String?) { self.fault = fault }

  /// - Parameters:
  ///   - inputs: what the job reads, by name.
  ///   - values: of one result; `got` is nil where the device failed, `stored` where the recording one did.
  mutating func add<P: Rounding>(
    _ output: JobOperand, of job: BackendJob, _ rounding: P.Type, inputs: [String: Operand],
    _ values: (expected: Operand, got: Operand?, stored: Operand?)
  ) throws(ComputeError) {
    func farthest(_ result: Operand, _ differences: Differences) throws(ComputeError) -> (ratio: Double, text: String) {
      var worst = (ratio: 0.0, text: "")
      for index in differences.candidates where values.expected.values[index].isFinite {
        let deviation = try job.visit(JobOracle<P>(inputs: inputs, output: output, got: result, place: output.tensor.place(index)))
        guard deviation.ratio > worst.ratio else { continue }
        worst = (
          deviation.ratio,
          "\(output.place(index)) is \(deviation.got), \(deviation.difference) from where it should be, and may be \(deviation.bound)"
        )
      }
      return worst
    }

    let expected = values.expected.values
    numbers += expected.count
    if let got = values.got {
      let differences = Differences(got.values, expected)
      sameAsReference += differences.same
      largestToReference = max(largestToReference, differences.largest)
      if let stored = values.stored {
        let toRecord = Differences(got.values, stored.values)
        sameAsRecord += toRecord.same
        largestToRecord = max(largestToRecord, toRecord.largest)
        if let index = zip(got.values, stored.values).enumerated().first(where: { !$1.0.isFinite && $1.1.isFinite })?.offset {
          fault = fault ?? "\(output.place(index)) is \(got.values[index]), and \(stored.values[index]) in the record"
        }
      }
      let worst = try farthest(got, differences)
      worstRatio = max(worstRatio, worst.ratio)
      if worst.ratio > 1 { fault = fault ?? worst.text }
    }
    if let stored = values.stored {
      let worst = try farthest(stored, Differences(stored.values, expected))
      worstRecordedRatio = max(worstRecordedRatio, worst.ratio)
      if worst.ratio > 1 { recordFault = recordFault ?? worst.text }
    }
  }
}

/// How two lists of numbers differ; not-a-number equals itself.
private struct Differences {
  private(set) var same = 0
  /// The largest of all relative ones.
  private(set) var largest = 0.0
  private var byValue = LargestFew()
  private var byShare = LargestFew()

  init(_ a: [Double], _ b: [Double]) {
    for (index, (a, b)) in zip(a, b).enumerated() {
      if a.bitPattern == b.bitPattern || a.isNaN && b.isNaN {
        same += 1
        continue
      }
      let difference = abs(a - b)
      let absolute = difference.isFinite ? difference : .infinity
      let relative = absolute.isFinite ? absolute / max(abs(a), abs(b), .leastNormalMagnitude) : .infinity
      largest = max(largest, relative)
      byValue.add(absolute, at: index)
      byShare.add(relative, at: index)
    }
  }

  /// The elements that differ most.
  var candidates: Set<Int> { Set(byValue.indices + byShare.indices) }
}

/// The indices of the largest numbers among many.
private struct LargestFew {
  private static let limit = 8
  private var numbers: [(value: Double, index: Int)] = []

  var indices: [Int] { numbers.map(\.index) }

  mutating func add(_ value: Double, at index: Int) {
    if numbers.count == Self.limit, let least = numbers.last, value <= least.value { return }
    let place = numbers.firstIndex { $0.value < value } ?? numbers.count
    numbers.insert((value, index), at: place)
    if numbers.count > Self.limit { numbers.removeLast() }
  }
}

extension JobOperand {
  fileprivate func place(_ index: Int) -> String {
    let place = tensor.place(index)
    return "\(name)[\(place.item), \(place.row), \(place.column)]"
  }
}

extension Tensor {
  /// The place of an element by its number in row-major order.
  fileprivate func place(_ index: Int) -> (item: Int, row: Int, column: Int) {
    (index / (rows * columns), index / columns % rows, index % columns)
  }
}
