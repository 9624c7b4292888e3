import Foundation
import Testing
import WideKernels

@Suite struct CatalogueTests {
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/WideKernels/Activations")
  static let hasSources = FileManager.default.fileExists(atPath: folder.path)

  /// Names of types declared as an activation, over all files of the folder.
  static func declared() throws -> [String] {
    let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let files = (enumerator?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    return try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /struct (\w+)(<.*>)?: Activation\b/).map { String($0.1) }
    }
  }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyFileIsListed() throws {
    let declared = try Self.declared()
    #expect(declared.count > 15, "too few declarations were found for this test to mean anything")
    #expect(Set(declared) == Set(ActivationKind.types.map { "\($0)" }))
  }

  @Test func namesAreUniqueAndInKebabCase() {
    let names = ActivationKind.names
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil })
  }

  @Test func visitFindsTheConcreteType() throws {
    struct TypeName: ActivationVisitor {
      func visit<A: Activation>(_ activation: A) -> String { "\(A.self)" }
    }
    for type in ActivationKind.types {
      let activation = try type.init(parameters: type.parameterDefaults.map(\.value))
      #expect(activation.kind.visit(TypeName()) == "\(type)")
    }
  }

  @Test func everyActivationIsSampled() {
    let sampled = Set(ActivationKind.samples.map { type(of: $0.formulas).name })
    #expect(sampled == Set(ActivationKind.names))
  }

  @Test func textReadsBackAsTheSameActivation() throws {
    let defaults = try ActivationKind.types.map { try $0.init(parameters: $0.parameterDefaults.map(\.value)).kind }
    for activation in ActivationKind.samples + defaults {
      let text = activation.description
      let again = try ActivationKind(text)
      #expect(again == activation && again.description == text)
      #expect(type(of: again.formulas).name == type(of: activation.formulas).name)
      #expect(again.formulas.parameters == activation.formulas.parameters)
    }
  }

  @Test func namesAloneTakeTheDefaults() throws {
    #expect(try ActivationKind("leaky-relu").formulas.parameters == [0.01])
    #expect(try ActivationKind(" sin ( 1, 2 , 0.5 ) ").formulas.parameters == [1, 2, 0.5])
    #expect(try ActivationKind("polynomial(0.1,0.5)").formulas.parameters == [0.1, 0.5, 0, 0, 0, 0])
  }

  static let faults: [(String, ActivationError)] = [
    ("rleu", .unknown(name: "rleu", known: ActivationKind.names)),
    ("", .syntax("")), ("relu(", .syntax("relu(")), ("sin(1,2,)", .syntax("sin(1,2,)")), ("sin(a,b,c)", .syntax("sin(a,b,c)")),
    ("sin(1)(2)", .syntax("sin(1)(2)")), ("relu)", .unknown(name: "relu)", known: ActivationKind.names)),
    ("relu(1)", .parameterCount(name: "relu", expected: [], got: 1)),
    ("sin(1,2)", .parameterCount(name: "sin", expected: ["amplitude", "frequency", "phase"], got: 2)),
    ("polynomial(1,2,3,4,5,6,7)", .parameterCount(name: "polynomial", expected: ["c0", "c1", "c2", "c3", "c4", "c5"], got: 7)),
    ("leaky-relu(inf)", .parameter(name: "leaky-relu", parameter: "slope", expected: "a finite number", got: .infinity)),
    ("monomial(1.5)", .parameter(name: "monomial", parameter: "degree", expected: "a whole number from 0 to 5", got: 1.5)),
    ("monomial(6)", .parameter(name: "monomial", parameter: "degree", expected: "a whole number from 0 to 5", got: 6)),
    (
      "rectified-monomial(-1)",
      .parameter(name: "rectified-monomial", parameter: "degree", expected: "a whole number from 0 to 5", got: -1)
    ),
    ("gaussian(1,-1)", .parameter(name: "gaussian", parameter: "rate", expected: "> 0", got: -1)),
    ("rbf(0)", .parameter(name: "rbf", parameter: "gamma", expected: "> 0", got: 0)),
    ("softplus(-2)", .parameter(name: "softplus", parameter: "beta", expected: "> 0", got: -2)),
  ]

  @Test(arguments: faults)
  func faultsAreTypedAndSayWhatToDo(_ text: String, _ error: ActivationError) {
    #expect(throws: error) { try ActivationKind(text) }
    #expect(error.description.contains("'\(text.prefix { $0 != "(" && $0 != ")" })"))
  }
}
