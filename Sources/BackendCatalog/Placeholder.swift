// BackendCatalog
