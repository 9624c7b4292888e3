"""Tables of records, in Markdown. The first contender of a record is Isthmus on the device in question."""

import statistics


def lines(head, rows):
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in [head, ["---"] * len(head), *rows])


def speeds(cell):
    """GFLOP/s of the median, by contender."""
    return {name: 2 * cell["batch"] * cell["n"] ** 3 / statistics.median(values) / 1e9 for name, values in cell["seconds"].items()}


def core_type(cell):
    """The fastest core type of OpenBLAS, with products in a plain loop."""
    tried = cell.get("core types", {}).get("OpenBLAS")
    return min(tried, key=tried.get) if tried else ""


def size(cell):
    return f"{cell['n']}" if cell["batch"] == 1 else f"{cell['batch']} × {cell['n']}"


def product(cell):
    """One line while it runs; in brackets how many times as fast Isthmus is."""
    ours, *others = speeds(cell).items()
    text = ", ".join([f"{ours[0]} {ours[1]:.1f}"] + [f"{name} {speed:.1f} ({ours[1] / speed:.2f})" for name, speed in others])
    return f"{cell['precision']}, {cell['threads']} thread(s), n = {size(cell)}, GFLOP/s: {text} {core_type(cell)}"


def products(record):
    """GFLOP/s of every product; × a peer is how many times as fast Isthmus is."""
    cells = record["products"]
    ours, *peers = dict.fromkeys(name for cell in cells for name in cell["seconds"])
    has_types = any(core_type(cell) for cell in cells)
    rows = []
    for cell in cells:
        figures = speeds(cell)
        row = [cell["precision"], cell["threads"], size(cell), f"{figures[ours]:.0f}"]
        for name in peers:
            row += [f"{figures[name]:.0f}", f"{figures[ours] / figures[name]:.2f}"] if name in figures else ["", ""]
        rows.append(row + ([core_type(cell)] if has_types else []))
    head = ["precision", "threads", "n", ours] + [text for name in peers for text in (name, "ratio")]
    return lines(head + (["core type"] if has_types else []), rows)


def kernel(cell):
    """One line while it runs; in brackets how many times as fast Isthmus is."""
    ours, *others = ((name, statistics.median(values)) for name, values in cell["seconds"].items())
    text = ", ".join([f"{ours[0]} {ours[1]:.4f}"] + [f"{name} {seconds:.4f} ({seconds / ours[1]:.2f})" for name, seconds in others])
    return f"{cell['precision']}, N = {cell['points']}, {cell['depth']} layers, s: {text}"


def kernels(record):
    """Seconds and peak memory of every kernel; ratio: how many times as fast Isthmus is."""
    cells = record["kernels"]
    ours, *peers = dict.fromkeys(name for cell in cells for name in cell["seconds"])
    rows = []
    for cell in cells:
        medians = {name: statistics.median(values) for name, values in cell["seconds"].items()}
        peak = {name: f"{memory['peak'] / 1e6:.0f} MB" for name, memory in cell["memory"].items()}
        row = [cell["precision"], cell["points"], cell["depth"], f"{medians[ours]:.3g} s", peak[ours]]
        for name in peers:
            row += [f"{medians[name]:.3g} s", peak[name], f"{medians[name] / medians[ours]:.2f}"] if name in medians else ["", "", ""]
        rows.append(row)
    head = ["precision", "N", "layers", ours, "memory"] + [text for name in peers for text in (name, "memory", "ratio")]
    return lines(head, rows)


def taken(runs):
    """Medians over the runs of one program: seconds, processor seconds, peak bytes."""
    return {key: statistics.median(run[key] for run in runs) for key in ("seconds", "processor", "peak")}


def command(cell):
    """One line while it runs."""
    parts = [f"{name} {took['seconds']:.3f} s, processor {took['processor']:.3f} s, {took['peak'] / 1e6:.0f} MB"
             for name, took in ((name, taken(runs)) for name, runs in cell["runs"].items())]
    return f"{cell['name']}: " + "; ".join(parts) + f"; work {cell['work']}"


def whole_commands(record):
    """Wall clock, processor and peak memory of whole programs beside the work in them, its output and a copy of its files."""
    seconds = lambda value: "" if value is None else f"{value:.3f} s"
    rows = []
    for cell in record["commands"]:
        ours = taken(cell["runs"]["isthmus"])
        work, output = cell["work"], cell.get("output")
        row = [cell["name"], seconds(ours["seconds"]), seconds(ours["processor"]), f"{ours['peak'] / 1e6:.0f} MB",
               f"{output / 1e6:.0f} MB" if output else "", seconds(work.get("isthmus")), seconds(work.get("copy"))]
        if "neural-tangents" in cell["runs"]:
            peer = taken(cell["runs"]["neural-tangents"])
            row += [seconds(peer["seconds"]), seconds(work.get("neural-tangents")), f"{peer['peak'] / 1e6:.0f} MB",
                    f"{peer['seconds'] / ours['seconds']:.1f}"]
        else:
            row += ["", "", "", ""]
        rows.append(row)
    head = ["command", "isthmus", "processor", "memory", "output", "its work", "copy of the output", "neural-tangents", "steady state",
            "memory", "ratio"]
    return lines(head, rows)


TABLES = {"products": products, "kernels": kernels, "whole-command": whole_commands}
