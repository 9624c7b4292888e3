import Foundation
import Sizes

/// Steps from 0 to `last`, evenly spaced in their logarithm.
func logSpaced(to last: Int, count: Int) -> Set<Int> {
  var steps: Set<Int> = [0, 1, last]
  for index in 0..<count { steps.insert(Int(saturating: pow(Double(last), Double(index) / Double(max(count - 1, 1))).rounded())) }
  return steps
}
