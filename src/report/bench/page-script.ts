/**
 * What the page of a report runs in the browser, behind uPlot: three plots of the data that the page carries. It touches nothing else, and
 * asks nobody.
 */
export const PAGE_SCRIPT = `
const data = JSON.parse(document.getElementById('data').textContent);
const milliseconds = (value) => value == null ? '–' : value >= 1000 ? (value / 1000).toPrecision(3) + ' s' : value < 1 ? Math.round(value * 1000) + ' µs' : value.toPrecision(3) + ' ms';
const percent = (nines) => nines == null ? '–' : (100 * (1 - Math.pow(10, -nines))).toFixed(Math.max(0, Math.ceil(nines) - 2)) + ' %';
const grid = { stroke: '#e4e4e4', width: 1 };
const plot = (id, columns, series, scales, axes) => {
  const place = document.getElementById(id);
  if (columns[0].length === 0) { place.textContent = 'nothing was answered'; return; }
  const size = () => ({ width: Math.max(320, place.clientWidth), height: 280 });
  const made = new uPlot({ ...size(), series, scales, axes: axes.map((axis) => ({ grid, ...axis })), cursor: { drag: { x: true, y: false } } }, columns, place);
  addEventListener('resize', () => made.setSize(size()));
};
const time = { label: 'seconds', value: (_, value) => value == null ? '–' : value.toFixed(2) + ' s' };
const seconds = { label: 'seconds of the rounds' };
const values = (format) => (_, splits) => splits.map((value) => value == null ? '' : format(value));
plot('percentiles', [data.curve.nines, data.curve.latency],
  [{ label: 'of answers', value: (_, value) => percent(value) }, { label: 'latency at most', stroke: '#0b63c5', width: 2, fill: '#0b63c518', value: (_, value) => milliseconds(value) }],
  { x: { time: false }, y: { distr: 3 } },
  [{ label: 'share of answers', values: values(percent), incrs: [1] }, { values: values(milliseconds), size: 70 }]);
plot('throughput', [data.slices.at, data.slices.good, data.slices.errors],
  [time, { label: 'answers per second', stroke: '#0b7a3b', width: 2, fill: '#0b7a3b18' }, { label: 'errors per second', stroke: '#c21f1f', width: 2 }],
  { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } }, [seconds, { size: 70 }]);
plot('latency', [data.slices.at, data.slices.p50, data.slices.p99],
  [time, { label: 'p50', stroke: '#0b63c5', width: 2, value: (_, value) => milliseconds(value) }, { label: 'p99', stroke: '#b35900', width: 2, value: (_, value) => milliseconds(value) }],
  { x: { time: false }, y: { distr: 3 } }, [seconds, { values: values(milliseconds), size: 70 }]);
`;

export const PAGE_STYLE = `
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
th { font-weight: 600; border-bottom: 1px solid #ccc; } td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.facts td:first-child { color: #666; white-space: nowrap; }
pre { overflow-x: auto; } .status { background: #c21f1f; color: #fff; padding: .6rem 1rem; font-weight: 600; }
.notes li { margin: .3rem 0; } .hint { color: #666; } .u-legend { text-align: left; }
`;
