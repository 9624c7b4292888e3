// Activations without parameters, so that a network can be written `Hidden(.relu)`.

extension Activation where Self == Abs { public static var abs: Abs { Abs() } }
extension Activation where Self == Erf { public static var erf: Erf { Erf() } }
extension Activation where Self == GELU { public static var gelu: GELU { GELU() } }
extension Activation where Self == Identity { public static var identity: Identity { Identity() } }
extension Activation where Self == ReLU { public static var relu: ReLU { ReLU() } }
extension Activation where Self == Sigmoid { public static var sigmoid: Sigmoid { Sigmoid() } }
extension Activation where Self == Sign { public static var sign: Sign { Sign() } }
extension Activation where Self == SiLU { public static var silu: SiLU { SiLU() } }
extension Activation where Self == Tanh { public static var tanh: Tanh { Tanh() } }
