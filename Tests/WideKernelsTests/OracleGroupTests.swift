import TestSupport
import Testing

/// Nothing of the oracle is left out in silence.
@Suite(.enabled(if: OracleFile.isPresent, "\(OracleFile.absence)"))
struct OracleGroupTests {
  @Test func everyGroupIsComparedOrHasAReason() throws {
    let (groups, parts) = try Oracle.contents()
    let found = parts.union(groups.keys)
    let compared = Set(Oracle.comparedGroups).union(Oracle.comparedParts.keys)
    let listed = compared.union(Oracle.reasons.keys)
    #expect(found.subtracting(listed).sorted() == [], "neither compared nor listed with a reason")
    #expect(listed.subtracting(found).sorted() == [], "listed, but not in the oracle")
    #expect(compared.intersection(Oracle.reasons.keys).sorted() == [], "compared in spite of a reason")
    for (group, reason) in Oracle.reasons.sorted(by: { $0.key < $1.key }) {
      print("neural-tangents, \(group): not compared\(groups[group].map { ", \($0.count) networks" } ?? ""): \(reason)")
    }
  }

  /// A reason holds only as long as the networks cannot be said.
  @Test func whatIsLeftOutCannotBeSaid() throws {
    let (groups, _) = try Oracle.contents()
    func missing(_ network: Oracle.Case) throws -> String? {
      do {
        _ = try Oracle.program(network.layers)
        return nil
      } catch let error as Oracle.Unsupported { return error.description }
    }
    for (group, networks) in groups where Oracle.reasons[group] != nil {
      let sayable = try networks.filter { try missing($0) == nil }.map(\.id)
      #expect(sayable == [], "networks of \(group) have programs by now: compare them")
    }
    let layers = try Oracle.comparedGroups.flatMap { try (groups[$0] ?? []).compactMap(missing) }
    #expect(Set(layers) == Set(Oracle.missingLayers.keys))
  }
}
