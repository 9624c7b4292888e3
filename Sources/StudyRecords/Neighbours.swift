extension Collection {
  /// Neighbours with one key together, in their order.
  package func runs<Key: Equatable>(of key: (Element) -> Key) -> [(key: Key, elements: [Element])] {
    reduce(into: []) { runs, element in
      let own = key(element)
      if let last = runs.last, last.key == own { runs[runs.count - 1].elements.append(element) } else { runs.append((own, [element])) }
    }
  }
}
