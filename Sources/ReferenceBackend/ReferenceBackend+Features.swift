import Compute
import WideKernels

extension ReferenceBackend {
  package func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    let points = try HostMatrix(job.points, operation: "featurePass")
    let weights = try HostMatrix(job.weights, operation: "featurePass")
    let biases = try job.biases.hostMatrix("featurePass")
    let coefficients = try HostMatrix(job.coefficients, operation: "featurePass")
    let value = try HostMatrix(job.value, operation: "featurePass")
    let jacobian = try job.jacobian.hostMatrix("featurePass")
    let (width, outputs) = (points.columns, coefficients.columns)
    for item in 0..<points.batch {
      for i in 0..<points.rows {
        var sums = [Double](repeating: 0, count: outputs)
        var slopes = [Double](repeating: 0, count: outputs * width)
        for m in 0..<weights.rows {
          let x = (0..<width).reduce(biases?[item, m, 0] ?? 0) { $0 + weights[item, m, $1] * points[item, i, $1] }
          let feature = job.activation.formulas.valueAndSlope(x)
          for output in 0..<outputs {
            let coefficient = coefficients[item, m, output]
            sums[output] += coefficient * feature.value
            for k in 0..<width { slopes[output * width + k] += coefficient * feature.slope * weights[item, m, k] }
          }
        }
        for (output, sum) in sums.enumerated() { value[item, i, output] = sum }
        if let jacobian {
          for (column, slope) in slopes.enumerated() { jacobian[item, i, column] = slope }
        }
      }
    }
  }
}
