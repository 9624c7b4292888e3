import Compute

extension FiniteNetwork {
  /// F `[1, n, outputs]` and its Jacobian `[1, n, outputs · inputs]` (output o, coordinate k at o·inputs + k) of a single network of
  /// dense layers at `x` `[1, n, inputs]`, layer by layer; nothing of size n × width is kept.
  package func readLayerwise(at x: Tensor, jacobian wantsJacobian: Bool) throws -> (value: Tensor, jacobian: Tensor?) {
    let (outputs, inputs) = (architecture.outputs, architecture.inputs)
    let value = try engine.empty(rows: x.rows, columns: outputs)
    let jacobian = wantsJacobian ? try engine.empty(rows: x.rows, columns: outputs * inputs) : nil
    let tile = max(16, min(x.rows, (engine.device.isGPU ? 1 << 24 : 1 << 18) / architecture.layers[0].map.units))
    for start in stride(from: 0, to: x.rows, by: tile) {
      let rows = start..<min(start + tile, x.rows)
      let pass = try forward(x.rows(rows))
      try engine.copy(pass.outputs, into: value.rows(rows))
      if let jacobian { try writeJacobian(pass, into: jacobian.rows(rows)) }
    }
    return (value, jacobian)
  }

  private func writeJacobian(_ pass: Pass, into jacobian: Tensor) throws {
    let inputs = architecture.inputs
    for output in 0..<architecture.outputs {
      let deltas = try cotangents(engine.unitColumn(output, of: pass.outputs.shape), pass)
      let slope = try inputCotangent(0, deltas[0], points: pass.points)
      try engine.copy(slope, into: jacobian.columns(output * inputs..<(output + 1) * inputs))
    }
  }
}
