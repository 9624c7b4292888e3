import Compute
import JobRecords
import ReferenceBackend

/// Performs the jobs of a record again and compares their results with those of the record and with those of the reference backend.
///
/// A number is wrong if it is not finite where the record's is, or if it is farther from the exact result for the recorded inputs than the
/// bound that the conformance suite derives for a single operation (`JobOracle`). Of every result the numbers are held against that bound
/// that differ most from the reference, by themselves and in relation to their size.
public struct JobReplay {
  private let record: JobRecord
  private let backend: any Backend

  public init(_ record: JobRecord, on backend: any Backend) { (self.record, self.backend) = (record, backend) }

  /// Performs every job of the record and compares its results.
  ///
  /// - Parameter progress: called after every job with how many there were.
  /// - Throws: `JobRecordError` for a job that is none. A device that fails in a job has performed it wrongly; that is not thrown.
  public func run(progress: (Int) -> Void = { _ in }) throws -> ReplayReport {
    var report = ReplayReport(record, on: backend.device)
    var operations = BackendOperation.allCases.map { ReplayReport.Operation($0) }
    let failedJob = record.end.reason == .failure ? record.end.jobs : nil
    try record.forEach { recorded in
      guard let index = operations.firstIndex(where: { $0.operation == recorded.operation }) else { return }
      operations[index].jobs += 1
      if recorded.precisions.isSubset(of: backend.device.precisions) {
        let comparison = try compare(recorded, isFailure: recorded.number == failedJob)
        operations[index].add(comparison)
        report.add(comparison.fault, comparison.recordFault, recorded)
      } else {
        operations[index].skipped += 1
      }
      progress(recorded.number)
    }
    report.operations = operations.filter { $0.jobs > 0 }
    return report
  }

  /// - Parameter isFailure: the recording device failed in it, so the record has no results.
  private func compare(_ recorded: RecordedJob, isFailure: Bool) throws -> JobComparison {
    let reference = ReferenceBackend()
    let job = try recorded.job(on: reference)
    var inputs: [String: Operand] = [:]
    for operand in job.operands where operand.role.isRead { inputs[operand.name] = try values(operand.tensor, reference) }
    try reference.perform(job)
    let names = job.operands.filter(\.role.isWritten)
    var expected: [Operand] = []
    for operand in names { expected.append(try values(operand.tensor, reference)) }

    var got: [Operand]?
    var failure: String?
    do {
      let own = try recorded.job(on: backend)
      try backend.perform(own)
      got = try own.operands.filter(\.role.isWritten).map { try values($0.tensor, backend) }
    } catch let error as ComputeError {
      failure = "\(error)"
    }
    let results = recorded.results
    var comparison = JobComparison(fault: failure)
    for (index, output) in names.enumerated() {
      let stored = isFailure ? nil : results[output.name]
      let sides = (expected: expected[index], got: got?[index], stored: stored.map { Operand(values: $0, tensor: output.tensor) })
      switch job.precision {
      case .float32: try comparison.add(output, of: job, Float32Rounding.self, inputs: inputs, sides)
      case .float64: try comparison.add(output, of: job, Float64Rounding.self, inputs: inputs, sides)
      }
    }
    return comparison
  }

  private func values(_ tensor: Tensor, _ backend: any Backend) throws -> Operand {
    Operand(values: try Engine(backend, precision: tensor.precision).read(tensor), tensor: tensor)
  }
}

extension ReplayReport {
  fileprivate mutating func add(_ fault: String?, _ recordFault: String?, _ job: RecordedJob) {
    func found(_ reason: String) -> Fault { Fault(job: job.number, operation: job.operation, reason: reason) }
    if let fault {
      wrongJobs += 1
      firstWrong = firstWrong ?? found(fault)
    }
    if let recordFault {
      wrongRecords += 1
      firstWrongRecord = firstWrongRecord ?? found(recordFault)
    }
  }
}

extension ReplayReport.Operation {
  fileprivate mutating func add(_ job: JobComparison) {
    numbers += job.numbers
    sameAsRecord += job.sameAsRecord
    sameAsReference += job.sameAsReference
    largestToRecord = max(largestToRecord, job.largestToRecord)
    largestToReference = max(largestToReference, job.largestToReference)
    worstRatio = max(worstRatio, job.worstRatio)
    worstRecordedRatio = max(worstRecordedRatio, job.worstRecordedRatio)
  }
}
