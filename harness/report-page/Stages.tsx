/** The stages of a channel, one after the other, as a waterfall. */

import type { PageStage } from '../reports/page-data.js';
import { Scroll } from './Scroll.js';
import type { Words } from './words.js';

const KINDS = ['working', 'waiting', 'link'] as const;

export function KindLegend({ words }: { readonly words: Words }) {
  return (
    <ul class="legend">
      {KINDS.map((kind) => (
        <li key={kind}>
          <span class={`swatch ${kind}`} /> {words.say(`kind.${kind}`)}
        </li>
      ))}
    </ul>
  );
}

export function Waterfall({
  stages,
  words,
}: {
  readonly stages: readonly PageStage[];
  readonly words: Words;
}) {
  let from = 0;
  const rows = stages.map((stage) => {
    const row = { ...stage, from };
    from += stage.mean;
    return row;
  });
  const reach = Math.max(from, ...rows.map(({ from, p90 }) => from + p90)) || 1;
  const share = (value: number): string => `${(100 * value) / reach}%`;
  return (
    <Scroll>
      <table class="waterfall">
        <thead>
          <tr>
            <th scope="col">{words.say('stage')}</th>
            <td class="wide" />
            <th scope="col">{words.say('mean')}</th>
            <th scope="col">{words.say('median')}</th>
            <th scope="col">90 %</th>
            <th scope="col">99 %</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ stage, kind, mean, p50, p90, p99, from }) => (
            <tr key={stage}>
              <th scope="row">{words.stage(stage)}</th>
              <td class="wide">
                <div class="track">
                  <span class="whisker" style={{ left: share(from), width: share(p90) }} />
                  <span class={`bar ${kind}`} style={{ left: share(from), width: share(mean) }} />
                </div>
              </td>
              <td>{words.number(mean)}</td>
              <td>{words.number(p50)}</td>
              <td>{words.number(p90)}</td>
              <td>{words.number(p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface StackProps {
  readonly label: string;
  readonly parts: readonly { readonly stage: string; readonly kind: string; readonly ms: number }[];
  /** What the whole width stands for, milliseconds. */
  readonly reach: number;
  readonly words: Words;
}

/** One sample, or the mean of many, as one bar. */
export function Stack({ label, parts, reach, words }: StackProps) {
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <div class="stack" role="img" aria-label={label}>
      {parts
        .filter(({ ms }) => ms > 0)
        .map(({ stage, kind, ms }) => (
          <span
            key={stage}
            class={kind}
            style={{ width: `${(100 * ms) / Math.max(reach, total)}%` }}
            title={`${words.stage(stage)}: ${words.ms(ms)}`}
          >
            {ms / reach > 0.14 ? words.stage(stage) : ''}
          </span>
        ))}
    </div>
  );
}
