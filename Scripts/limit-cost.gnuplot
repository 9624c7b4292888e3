# What a step of the limit costs against points, d, draws and ε, as measured and as the cost model says: the figures of
# Documentation/performance/model.md, from the files that Scripts/limit-cost writes beside them.
#
#   gnuplot Scripts/limit-cost.gnuplot
#   gnuplot -e "terminal='pngcairo'; folder='/tmp'" Scripts/limit-cost.gnuplot     as PNG, elsewhere
#
# Dots on lines are measured. Dashed lines are the growth that the model states, each with one constant for all panels of both figures, the
# median of measured over stated: Θ_0 once per step N², passes 2 N ΣR, initial functions N × draws, solves ΣR² (Σ over draws). The dashed
# black line is the model's time of a step, as it was known before the run.
if (!exists("terminal")) terminal = "svg"
if (!exists("data")) data = "Documentation/figures"
if (!exists("folder")) folder = data
isVector = terminal eq "svg"
set encoding utf8
set datafile separator ","
set datafile columnheaders
set datafile missing NaN

# Of the row that is being read. A part too short to be measured is not drawn (gnuplot warns where that leaves nothing).
array name = ["Θ₀ product, N²", "read and write passes, 2N ΣR", "initial functions, N × draws", "solves, ΣR²", "pivot growth"]
array colour = ["#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00"]
sum_ranks(power) = sum [i = 1:words(stringcolumn("ranks"))] real(word(stringcolumn("ranks"), i))**power
stated(part) = part == 1 ? column("points")**2 : part == 2 ? 2 * column("points") * sum_ranks(1) \
  : part == 3 ? column("points") * column("draws") : sum_ranks(2)
share(part) = part == 1 ? column("Θ_0 product") : part == 2 ? column("read passes") + column("write passes") \
  : part == 3 ? column("initial functions") : part == 4 ? column("solves") : column("pivot growth")
measured(part) = share(part) > 0 ? share(part) * column("secondsPerStep") : NaN

both = sprintf("< cat '%s/limit-cost-points.csv'; tail -n +2 '%s/limit-cost-draws.csv'", data, data)
array constant[4]
do for [part = 1:4] {
  stats both using (measured(part) / stated(part)) nooutput
  constant[part] = STATS_median
}

set grid xtics ytics lt 1 lw 0.7 lc rgb "#E4E4E4"
set grid back
set logscale xy

# Opens `figure`, with the style of its axes; `across` is the column and `axis` its name.
begin = 'if (isVector) { set terminal svg size 1200,560 fixed enhanced font "sans-serif,14" background rgb "#FFFFFF" } \
else { set terminal pngcairo size 2400,1120 enhanced font "sans-serif,14" fontscale 2 linewidth 2 pointscale 2 }; \
set output folder . "/" . figure . (isVector ? ".svg" : ".png"); file = sprintf("%s/%s.csv", data, figure); isFirst = 1; \
unset key; set title offset 0,-0.5; set border 3 lw 1.2 lc rgb "#444444"; \
set tics nomirror out scale 0.6,0.35 textcolor rgb "#222222"; set ytics nomirror; set xlabel axis offset 0,0.5'

# The rows of `file` for which keep() holds, against column `across`; only the first panel names its vertical axis.
panel = 'if (isFirst) { set format y "10^{%T}"; set ylabel "seconds of a step" offset 1,0 } else { set format y ""; unset ylabel }; isFirst = 0; \
plot for [part = 1:4] file using (keep(0) ? column(across) : NaN):(constant[part] * stated(part)) with lines lw 1.5 dt 2 lc rgb colour[part], \
  file using (keep(0) ? column(across) : NaN):(column("modelSecondsPerStep")) with lines lw 1.5 dt 2 lc rgb "black", \
  for [part = 1:5] file using (keep(0) ? column(across) : NaN):(measured(part)) with linespoints lw 2 pt 7 ps 0.5 lc rgb colour[part], \
  file using (keep(0) ? column(across) : NaN):(column("secondsPerStep")) with linespoints lw 2.5 pt 7 ps 0.5 lc rgb "black"'

# One legend for all panels, below them.
legend = 'set margins at screen 0.02, at screen 0.98, at screen 0, at screen 0.13; set key center horizontal reverse Left samplen 1.5 font ",12"; \
unset border; unset tics; unset xlabel; unset ylabel; unset title; \
plot NaN notitle, keyentry with linespoints lw 2.5 pt 7 ps 0.5 lc rgb "black" title "whole step", \
  for [part = 1:5] keyentry with linespoints lw 2 pt 7 ps 0.5 lc rgb colour[part] title name[part], \
  keyentry with lines lw 1.5 dt 2 lc rgb "black" title "model"; \
unset multiplot; set margins'

figure = "limit-cost-points"; across = "points"; axis = "training points N"
eval begin
set multiplot layout 1,3 title "Against training points: one draw, ε = 1e-2" font ",17" margins 0.07,0.985,0.26,0.86 spacing 0.03
set xtics nomirror (500, 1000, 2000, 4000, 8000)
set xrange [420:9500]
set yrange [2e-7:0.3]
do for [d in "1 2 4"] {
  keep(x) = stringcolumn("width") eq d
  set title "d = " . d
  eval panel
}
eval legend

figure = "limit-cost-draws"; across = "draws"; axis = "draws"
eval begin
set multiplot layout 1,4 title "Against draws in lockstep and ε: 4000 training points" font ",17" margins 0.07,0.985,0.26,0.86 spacing 0.03
set xtics nomirror (1, 3, 9)
set xrange [0.8:11]
set yrange [2e-6:2]
do for [d in "2 4"] {
  do for [tolerance in "1e-2 1e-3"] {
    keep(x) = stringcolumn("width") eq d && stringcolumn("tolerance") eq tolerance
    set title sprintf("d = %s, ε = %s", d, tolerance)
    eval panel
  }
}
eval legend
