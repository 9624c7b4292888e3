import Compute
import WideKernels

/// What one number of a job's results should be, and how far from that a device may be: for any job what the suite's cases ask for.
///
/// The rule of each operation stands beside its cases.
struct JobOracle<P: Rounding>: JobVisitor {
  typealias Number = Bounded<P>
  typealias Failure = ComputeError

  /// What the job reads, by the names of its operands, before it is performed.
  let inputs: [String: Operand]
  /// The operand that was written.
  let output: JobOperand
  /// All of what was written.
  let got: Operand
  /// The number that is judged.
  let place: (item: Int, row: Int, column: Int)

  func input(_ name: String) throws(ComputeError) -> Operand {
    guard let input = inputs[name] else { throw .invalidJob(operation: "replay", reason: "the tensor '\(name)' was not read") }
    return input
  }

  func deviation(from expected: Number) -> Deviation { matches([expected])([got[place.item, place.row, place.column]])[0] }
}

extension Operand {
  /// Rows of an item in row-major order; a tensor of one item has it for all.
  func rows(_ item: Int, _ range: Range<Int>) -> ArraySlice<Double> {
    let first = (tensor.batch == 1 ? 0 : item) * tensor.rows
    return values[(first + range.lowerBound) * tensor.columns..<(first + range.upperBound) * tensor.columns]
  }

  func row(_ item: Int, _ row: Int) -> ArraySlice<Double> { rows(item, row..<row + 1) }
}
