// BackendTestKit
