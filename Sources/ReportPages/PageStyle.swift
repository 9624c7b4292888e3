/// The style sheet of pages: readable from a phone to a large screen, in light and in dark, without a picture or a font from elsewhere.
enum PageStyle {
  /// Figures keep their white ground in the dark: their colours stand for widths, and black for none.
  static let text = """
    :root { color-scheme: light dark; --ground: #ffffff; --text: #1c1d1f; --soft: #55595e; --line: #d3d5d8; --shade: #f3f4f5;
      --link: #0a58a8; --notice: #7a3600; --notice-ground: #fff3e2; --notice-line: #e0902f; --card: #ffffff; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #16181a; --text: #e7e8ea; --soft: #abb0b6; --line: #3c4147; --shade: #212428; --link: #8fbdf5;
        --notice: #ffca8f; --notice-ground: #34250f; --notice-line: #b9752a; --card: #f6f6f4; }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    main { margin: 0 auto; padding: 1rem; max-width: 68rem; }
    h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 0.5em; overflow-wrap: anywhere; }
    h1 { font-size: 1.7rem; margin-top: 0.5em; }
    h2 { font-size: 1.35rem; border-bottom: 1px solid var(--line); padding-bottom: 0.2em; }
    h3 { font-size: 1.1rem; }
    h4 { font-size: 1rem; }
    p, dd, li, summary { overflow-wrap: anywhere; }
    a { color: var(--link); }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin: 0.8rem 0; padding: 0; }
    nav a { display: inline-block; padding: 0.2rem 0; }
    .notice { background: var(--notice-ground); color: var(--notice); border-left: 0.3rem solid var(--notice-line); margin: 0.8rem 0;
      padding: 0.6rem 0.8rem; }
    dl { display: grid; grid-template-columns: minmax(5rem, max-content) minmax(0, 1fr); gap: 0.25rem 1rem; margin: 0.8rem 0; }
    dt { grid-column: 1; color: var(--soft); overflow-wrap: anywhere; }
    dd { grid-column: 2; margin: 0; }
    details { margin: 0.8rem 0; border: 1px solid var(--line); border-radius: 0.4rem; padding: 0 0.8rem; }
    summary { cursor: pointer; padding: 0.5rem 0; color: var(--link); }
    pre { background: var(--shade); border-radius: 0.4rem; padding: 0.7rem 0.8rem; margin: 0.8rem 0; white-space: pre-wrap;
      overflow-wrap: anywhere; font: 0.95rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
    pre span { display: inline-block; max-width: 100%; }
    .scroll { overflow-x: auto; margin: 0.8rem 0; }
    .scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
    caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem); }
    th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; min-width: 3rem;
      max-width: 26rem; overflow-wrap: break-word; }
    th { font-weight: 600; }
    thead th { background: var(--shade); vertical-align: bottom; }
    tbody th { background: var(--ground); font-weight: 500; }
    tbody th:first-child { position: sticky; left: 0; }
    .number { text-align: right; }
    .number, .short { white-space: nowrap; }
    figure { margin: 1.4rem 0; }
    .drawing { background: var(--card); border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.3rem; margin: 0 0 0.4rem; }
    .drawing svg { display: block; width: 100%; height: auto; margin: 0 auto; }
    figcaption { color: var(--soft); }
    .size { display: none; }
    @media (max-width: 50rem) {
      .size { display: inline; }
      .size .smaller, figure:target .larger { display: none; }
      figure:target .smaller { display: inline; }
      figure:target svg { min-width: 50rem; }
    }
    @media print { nav, .size { display: none; } .scroll { overflow: visible; } }
    """
}
