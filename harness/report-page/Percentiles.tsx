/** Distributions as percentile plots. */
import { Chart } from './chart.js';
import type { Words } from './words.js';

interface PercentilesProps {
  readonly curves: readonly { readonly label: string; readonly curve: readonly number[] }[];
  readonly shares: readonly number[];
  readonly label: string;
  readonly theme: string;
  readonly words: Words;
}

/** Shares that the axis names, as numbers of nines. */
const MARKS = [0, 0.5, 0.9, 0.99, 0.999, 0.9999];

export function Percentiles({ curves, shares, label, theme, words }: PercentilesProps) {
  const longest = Math.max(2, ...curves.map(({ curve }) => curve.length));
  const x = shares.slice(0, longest).map(nines);
  const percent = (value: number): string => {
    const share = 1 - 10 ** -value;
    const digits = Math.max(0, Math.ceil(value - 2 - 1e-9));
    return `${(share * 100).toLocaleString(words.locale, { maximumFractionDigits: digits })} %`;
  };
  return (
    <Chart
      x={x}
      lines={curves.map(({ label, curve }, index) => ({
        label,
        // Nothing is at the foot of a logarithmic scale: what is not to be measured is shown as least.
        values: curve.map((value) => Math.max(value, 0.01)),
        colour: `--c${(index % 9) + 1}`,
      }))}
      label={`${label} (ms); ${words.say('percentiles.axis')}`}
      height={300}
      logarithmic
      xText={percent}
      yText={(value) => words.number(value)}
      xMarks={MARKS.map(nines).filter((mark) => mark <= x.at(-1)! + 1e-9)}
      theme={theme}
    />
  );
}

function nines(share: number): number {
  return -Math.log10(1 - share);
}
