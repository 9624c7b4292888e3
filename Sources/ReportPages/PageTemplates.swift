import Mustache

/// The templates of which pages are made. Values of `{{…}}` are escaped; those of `{{{…}}}` are markup made by other templates.
enum PageTemplates {
  static let page = template(
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />
    <meta name="generator" content="{{generator}}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>{{title}}</title>
    <style>
    {{{style}}}
    </style>
    </head>
    <body>
    <main>
    <h1>{{title}}</h1>
    {{{notices}}}
    <nav aria-label="Contents"><ul>{{#contents}}<li><a href="#{{id}}">{{heading}}</a></li>{{/contents}}</ul></nav>
    {{{parts}}}
    </main>
    </body>
    </html>

    """)

  static let section = template(
    "<section{{#id}} id=\"{{id}}\"{{/id}}>\n<h{{level}}>{{heading}}</h{{level}}>\n{{{parts}}}</section>\n")

  static let fold = template("<details>\n<summary>{{summary}}</summary>\n{{{parts}}}</details>\n")

  static let paragraph = template("<p>{{text}}</p>\n")

  static let notice = template("<p class=\"notice\" role=\"note\">{{text}}</p>\n")

  static let command = template(
    "<pre><code>{{#words}}{{#gap}} {{/gap}}<span>{{text}}</span>{{/words}}</code></pre>\n")

  static let facts = template(
    """
    <dl>
    {{#facts}}<dt>{{name}}</dt>{{#values}}<dd>{{.}}</dd>{{/values}}
    {{/facts}}</dl>

    """)

  static let table = template(
    """
    <div class="scroll" role="region" aria-label="{{caption}}" tabindex="0">
    <table>
    <caption><span>{{caption}}</span></caption>
    <thead>
    <tr>{{#heads}}<th scope="col"{{#class}} class="{{class}}"{{/class}}>{{text}}</th>{{/heads}}</tr>
    </thead>
    <tbody>
    {{#rows}}<tr>{{#keys}}<th scope="row"{{#class}} class="{{class}}"{{/class}}>{{text}}</th>{{/keys}}\
    {{#cells}}<td{{#class}} class="{{class}}"{{/class}}>{{text}}</td>{{/cells}}</tr>
    {{/rows}}</tbody>
    </table>
    </div>

    """)

  static let figure = template(
    """
    <figure id="{{id}}">
    <div class="scroll drawing" role="region" aria-label="{{title}}" tabindex="0">
    {{{drawing}}}
    </div>
    <figcaption>{{{caption}}}
    <span class="size"><a class="larger" href="#{{id}}">larger</a><a class="smaller" href="#{{back}}">smaller</a></span></figcaption>
    </figure>

    """)

  /// A template whose values are escaped as `HTMLText` does.
  private static func template(_ text: String) -> MustacheTemplate {
    MustacheContentTypes.register(HTMLText(), named: "ISTHMUS")
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:ISTHMUS}}" + text)
    } catch {
      preconditionFailure("a template of pages is no template: \(error)")
    }
  }
}

extension MustacheTemplate {
  /// The template with these values in it.
  func filled(_ values: [String: Any]) -> String { render(values) }
}
