// One import for users of the library.
@_exported import BackendCatalog
@_exported import Compute
@_exported import Datasets
@_exported import DeviceTuning
@_exported import Experiments
@_exported import Figures
@_exported import FiniteNetworks
@_exported import Learning
@_exported import LimitComparisons
@_exported import LinearAlgebra
@_exported import Losses
@_exported import Matrices
@_exported import Networks
@_exported import Reports
@_exported import Results
@_exported import Statistics
@_exported import WideKernels
