/** Charts by uPlot, in the page's colours, as wide as there is room; drawn again when colours or width change. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null | undefined)[];
  /** A colour of the style sheet: `--c1` and so on. */
  readonly colour: string;
  readonly dashed?: boolean;
  readonly points?: boolean;
}

interface ChartProps {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly label: string;
  readonly height?: number;
  readonly logarithmic?: boolean;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** Where the horizontal axis is marked; by itself otherwise. */
  readonly xMarks?: readonly number[];
  /** Charts of one group share their cursor. */
  readonly group?: string;
  /** Changes when the colours do. */
  readonly theme: string;
}

export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    let chart = draw(element, props);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== chart.width && element.clientWidth > 0) {
        chart.setSize({ width: element.clientWidth, height: chart.height });
      }
    });
    observer.observe(element);
    const redraw = (): void => {
      chart.destroy();
      chart = draw(element, props);
    };
    // On paper the colours are others.
    const print = window.matchMedia('print');
    print.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      print.removeEventListener('change', redraw);
      chart.destroy();
    };
  });
  return (
    <figure class="chart">
      <figcaption>{props.label}</figcaption>
      <div ref={place} role="img" aria-label={props.label} />
    </figure>
  );
}

function draw(element: HTMLElement, props: ChartProps): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colour('--quiet'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
  };
  const { x, lines, xMarks, xText, yText, logarithmic = false, group, height = 240 } = props;
  const options: uPlot.Options = {
    width: Math.max(200, element.clientWidth),
    height,
    cursor: { y: false, ...(group === undefined ? {} : { sync: { key: group } }) },
    legend: { live: true },
    scales: {
      x: { time: false },
      y: logarithmic
        ? { distr: 3, range: logarithmicRange }
        : { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] },
    },
    axes: [
      {
        ...axis,
        values: (_, marks) => marks.map(xText),
        ...(xMarks === undefined ? {} : { splits: () => [...xMarks], space: 1 }),
      },
      {
        ...axis,
        size: 66,
        values: (_, marks) => marks.map((mark) => (isMarked(mark, logarithmic) ? yText(mark) : '')),
      },
    ],
    series: [
      { label: '', value: (_, value) => (value === null ? '' : xText(value)) },
      ...lines.map(
        ({ label, colour: name, dashed, points }): uPlot.Series => ({
          label,
          stroke: colour(name),
          width: 1.75,
          spanGaps: false,
          points: { show: points ?? false, size: 5, fill: colour(name) },
          ...(dashed ? { dash: [5, 4] } : {}),
          value: (_, value) => (value === null || value === undefined ? '' : yText(value)),
        }),
      ),
    ],
  };
  const data = [[...x], ...lines.map(({ values }) => x.map((_, i) => values[i] ?? null))];
  return new uPlot(options, data as uPlot.AlignedData, element);
}

/** Whole decades would waste most of the height: half decades do. */
function logarithmicRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  const [low, high] = [Math.max(0.001, min ?? 0.1), Math.max(0.002, max ?? 1)];
  const half = (value: number, round: (value: number) => number): number =>
    10 ** (round(Math.log10(value) * 2) / 2);
  const from = half(low, Math.floor);
  return [from, Math.max(half(high, Math.ceil), from * 2)];
}

/** Of a decade, 1, 2 and 5 are written. */
function isMarked(mark: number, logarithmic: boolean): boolean {
  if (!logarithmic) return true;
  const first = mark / 10 ** Math.floor(Math.log10(mark) + 1e-9);
  return [1, 2, 5].some((digit) => Math.abs(first - digit) < 0.01);
}
