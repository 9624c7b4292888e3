"""Tables of reports that `isthmus bench --json` wrote, in Markdown."""

import statistics

from peers.tables import lines


def label(device, driver):
    """The device, and how many threads of the processor."""
    return f"cpu, {driver.split(', ')[-1]}" if device == "cpu" else device


def limits(report):
    rows = []
    for device in report["devices"]:
        description, peaks = device["description"], device["multiplyAddsPerSecond"]
        # A multiply-add is two operations.
        rates = [f"{2 * peaks[name] / 1e9:.0f} GFLOP/s" if name in peaks else "" for name in ("float64", "float32")]
        name = f"{label(description['identifier'], description['driver'])}: {description['name']}"
        rows.append([name, description["driver"], *rates, f"{device['bytesPerSecond'] / 1e9:.0f} GB/s"])
    return lines(["device", "driver", "float64", "float32", "copies"], rows)


def cases(report):
    """Milliseconds of the median and the share of the roofline of every case, by precision and device."""
    cells = {(row["name"], row["precision"], label(row["device"], row["driver"])): row for row in report["rows"]}
    names = list(dict.fromkeys(row["name"] for row in report["rows"]))
    columns = sorted({key[1:] for key in cells}, key=lambda column: (column[0] != "float64", "cpu" not in column[1], column[1]))
    table = []
    for name in names:
        row = [name]
        for column in columns:
            cell = cells.get((name, *column))
            row += figures(cell) if cell else ["", ""]
        table.append(row)
    return lines(["case"] + [text for precision, device in columns for text in (f"{precision}, {device}: ms", "share")], table)


def beside(report, device, other):
    """Milliseconds of the medians on two devices, and how many times as fast the first is, for every case that ran on both."""
    cells = {(row["name"], row["precision"], label(row["device"], row["driver"])): row for row in report["rows"]}
    precisions = ("float64", "float32")
    table = []
    for name in dict.fromkeys(row["name"] for row in report["rows"]):
        row = [name]
        for precision in precisions:
            pair = [cells.get((name, precision, each)) for each in (other, device)]
            if not all(pair) or any(cell.get("failure") for cell in pair):
                row += ["", ""]
                continue
            slow, fast = (statistics.median(cell["seconds"]) for cell in pair)
            row += [f"{1e3 * slow:.3g} / {1e3 * fast:.3g}", f"{slow / fast:.2f}"]
        if any(row[1:]):
            table.append(row)
    head = [text for precision in precisions for text in (f"{precision}: {other} / {device}, ms", "ratio")]
    return lines(["case"] + head, table)


def figures(cell):
    if cell.get("failure"):
        return ["failed", ""]
    median = statistics.median(cell["seconds"])
    share = f"{100 * cell['leastSeconds'] / median:.0f} %" if cell.get("leastSeconds") else ""
    return [f"{1e3 * median:.3g}", share]


def text(report):
    where = f"{report['date'][:10]}, revision {report['revision'][:8]}, {report['environment']['system']}."
    return f"{where}\n\n{limits(report)}\n\n{cases(report)}"
