import Compute
import Foundation
import JobRecords
import ReferenceBackend
import WideKernels

/// Records of jobs one of whose descriptions has other bytes, under a checksum that is right.
enum JobFiles {
  private static func jobs() throws -> [BackendJob] {
    let engine = try Engine(ReferenceBackend())
    func zeros(_ rows: Int, _ columns: Int, batch: Int = 1) throws -> Tensor {
      try engine.zeros(batch: batch, rows: rows, columns: columns)
    }
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.25), .activation(.relu)])
    let x = try zeros(3, 2, batch: 2)
    return [
      .gemm(GEMMJob(GEMM(transposeB: true), x, x, into: try zeros(3, 3, batch: 2))),
      .copyRows(RowCopyJob(source: x, sourceRows: [2, 0], target: try zeros(4, 2, batch: 2), targetRows: [1, 3])),
      .map(MapJob(.activation(try ActivationKind("leaky-relu(0.25)")), [x], into: x)),
      .blockKernel(BlockKernelJob(program: program, x: x.rows(1..<3), y: x, firstRow: 1, nngp: try zeros(2, 3, batch: 2), ntk: nil)),
      .widePass(
        WidePassJob(
          program: program, kind: .ntk, points: x, centres: x, centreCounts: [3, 1], coefficients: try zeros(3, 1, batch: 2),
          value: try zeros(3, 1, batch: 2), jacobian: try zeros(3, 2, batch: 2))),
      .fillNormal(FillNormalJob(try zeros(3, 3), stream: RandomStream(seed: 3, name: "fuzz"), firstElement: 5)),
      .triangularSolve(TriangularSolveJob(TriangularSolve(), try zeros(2, 2), try zeros(2, 3))),
      .reduceRows(ReduceRowsJob(.maximum, x, into: try zeros(3, 1, batch: 2))),
    ]
  }

  static func write(to url: URL, command: String, using random: inout Generator) throws {
    let jobs = try jobs()
    let changed = random.below(jobs.count)
    let writer = try JobRecordWriter(url, limit: 1 << 20, device: ReferenceBackend().device)
    for (index, job) in jobs.enumerated() {
      let description = JobDescription(job)
      let bytes = description.tensors.reduce(0) { $0 + $1.bytesBefore + $1.bytesAfter }
      var line = try JobRecordFormat.line(.job, byteCount: bytes, description)
      if index == changed {
        let content = line.dropLast().split(separator: UInt8(ascii: " "), maxSplits: 2)[2]
        let mutated = Mutation.mutate(Array(content), command: command, using: &random).filter { $0 != UInt8(ascii: "\n") }
        line = Array("job \(bytes) ".utf8) + mutated + Array("\n".utf8)
      }
      try writer.beginJob(line)
      try writer.append([UInt8](repeating: UInt8(random.below(64)), count: bytes))
      try writer.endJob()
    }
    _ = try writer.finish(.done)
  }
}
