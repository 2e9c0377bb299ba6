/** Runs that differ from the chosen one in one setting alone: their distributions, and where their time goes. */
import { useState } from 'preact/hooks';
import type { PageRun } from '../reports/page-data.js';
import { Percentiles } from './Percentiles.js';
import { nameOf, settingsOf } from './runs.js';
import { KindLegend, Stack } from './Stages.js';
import type { Words } from './words.js';

interface SideBySideProps {
  readonly runs: readonly PageRun[];
  readonly varied: readonly string[];
  readonly chosen: PageRun;
  readonly channel: string;
  readonly shares: readonly number[];
  readonly theme: string;
  readonly words: Words;
}

export function SideBySide({ runs, varied, chosen, channel, shares, theme, words }: SideBySideProps) {
  const [wished, setAlong] = useState(varied.at(-1)!);
  const along = varied.includes(wished) ? wished : varied.at(-1)!;
  const others = varied.filter((name) => name !== along);
  const same = (run: PageRun): string =>
    JSON.stringify(others.map((name) => settingsOf(run).get(name) ?? null));
  const family = runs.filter(
    (run) => same(run) === same(chosen) && run.channels.some(({ name }) => name === channel),
  );
  const reach = Math.max(
    ...family.map((run) => (run.stages[channel] ?? []).reduce((sum, { mean }) => sum + mean, 0)),
  );
  const curves = family.map((run) => ({
    label: nameOf(run, [along], words),
    curve: run.channels.find(({ name }) => name === channel)!.curve,
  }));
  return (
    <>
      {varied.length > 1 && (
        <label class="choice">
          {words.say('along')}{' '}
          <select value={along} onChange={(event) => setAlong(event.currentTarget.value)}>
            {varied.map((name) => (
              <option key={name} value={name}>
                {words.setting(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Percentiles
        curves={curves}
        shares={shares}
        label={words.channel(channel)}
        theme={theme}
        words={words}
      />
      <KindLegend words={words} />
      <div class="stacks">
        {family.map((run) => {
          const stages = run.stages[channel] ?? [];
          const name = nameOf(run, [along], words);
          const total = stages.reduce((sum, { mean }) => sum + mean, 0);
          return (
            <div key={name} class="stacked">
              <span class="name">{name}</span>
              <Stack
                label={`${name}: ${words.ms(total)}`}
                parts={stages.map(({ stage, kind, mean }) => ({ stage, kind, ms: mean }))}
                reach={reach}
                words={words}
              />
              <span class="total">{words.ms(total)}</span>
            </div>
          );
        })}
      </div>
    </>
  );
}
