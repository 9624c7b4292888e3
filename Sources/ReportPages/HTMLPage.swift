import Figures

/// A page of HTML that needs nothing but itself: no script, no request, readable without a network and on a phone, in light and in dark.
public struct HTMLPage: Equatable, Sendable {
  /// Title of the page.
  public var title: String
  /// What a reader should know first.
  public var notices: [String]
  /// The content; each section has a link at the top.
  public var parts: [PagePart]

  public init(title: String, notices: [String] = [], parts: [PagePart]) {
    (self.title, self.notices, self.parts) = (title, notices, parts)
  }

  /// Figures that are drawn on the page.
  public var figureCount: Int { parts.reduce(0) { $0 + $1.figureCount } }

  /// A word by which `PageFile` knows its own pages.
  static let generator = "Isthmus report"

  /// The whole file, HTML 5 that is well-formed XML but for its first line.
  public var html: String {
    var writer = PageWriter()
    let body = parts.map { writer.html($0, level: 2) }.joined()
    return PageTemplates.page.filled([
      "title": title, "generator": Self.generator, "style": PageStyle.text, "contents": writer.contents, "parts": body,
      "notices": notices.map { writer.html(.notice($0), level: 2) }.joined(),
    ])
  }
}

/// Makes markup of parts, and keeps names within the page apart.
private struct PageWriter {
  /// Links to the sections of the page.
  private(set) var contents: [[String: String]] = []
  private var figures = 0
  /// Characters up to which a cell has one line.
  private static let shortCell = 32

  mutating func html(_ part: PagePart, level: Int) -> String {
    switch part {
    case .section(let heading, let parts):
      var values: [String: Any] = ["heading": heading, "level": "\(min(level, 6))"]
      if level == 2 {
        values["id"] = "section-\(contents.count + 1)"
        contents.append(["heading": heading, "id": "section-\(contents.count + 1)"])
      }
      values["parts"] = html(parts, level: level + 1)
      return PageTemplates.section.filled(values)
    case .fold(let summary, let parts): return PageTemplates.fold.filled(["summary": summary, "parts": html(parts, level: level)])
    case .paragraph(let text): return PageTemplates.paragraph.filled(["text": text])
    case .notice(let text): return PageTemplates.notice.filled(["text": text])
    case .command(let text):
      let words = text.split(separator: " ", omittingEmptySubsequences: false)
      return PageTemplates.command.filled(["words": words.enumerated().map { ["gap": $0 > 0, "text": String($1)] as [String: Any] }])
    case .facts(let facts):
      return PageTemplates.facts.filled(["facts": facts.map { ["name": $0.name, "values": $0.values] as [String: Any] }])
    case .table(let table): return html(table)
    case .figure(let figure): return html(figure)
    }
  }

  private mutating func html(_ parts: [PagePart], level: Int) -> String { parts.map { html($0, level: level) }.joined() }

  private func html(_ table: PageTable) -> String {
    let columns = table.content.columns
    func cells(_ row: [String], _ range: Range<Int>) -> [[String: Any]] {
      range.map { column in
        let isNumber = columns[column].alignment == .right, isShort = row[column].count <= Self.shortCell
        return ["text": row[column], "class": isNumber ? "number" : isShort ? "short" : "long"]
      }
    }
    let all = columns.indices, keys = min(table.keys, columns.count)
    return PageTemplates.table.filled([
      "caption": table.caption, "heads": cells(columns.map(\.title), all),
      "rows": table.content.rows.map { ["keys": cells($0, 0..<keys), "cells": cells($0, keys..<all.upperBound)] },
    ])
  }

  private mutating func html(_ figure: PageFigure) -> String {
    figures += 1
    let id = "figure-\(figures)", caption = [figure.figure.title] + figure.figure.footer
    guard let drawing = InlineSVG(figure.drawing, prefix: "\(id)-", label: figure.alternative) else {
      return html(.notice("The figure '\(figure.figure.title)' is left out: what was drawn is no plain picture."), level: 6)
    }
    return PageTemplates.figure.filled([
      "id": id, "back": contents.last?["id"] ?? "", "title": "\(figure.figure.title)", "drawing": drawing.markup,
      "caption": "<b>Figure \(figures).</b> " + caption.map(\.html).joined(separator: "<br />"),
    ])
  }
}

extension FigureText {
  /// The text with what is raised and lowered in it.
  fileprivate var html: String {
    parts.map { part in
      switch part.position {
      case .level: part.text.html
      case .raised: "<sup>\(part.text.html)</sup>"
      case .lowered: "<sub>\(part.text.html)</sub>"
      }
    }.joined()
  }
}

extension PagePart {
  fileprivate var figureCount: Int {
    switch self {
    case .section(_, let parts), .fold(_, let parts): parts.reduce(0) { $0 + $1.figureCount }
    case .figure: 1
    default: 0
    }
  }
}
