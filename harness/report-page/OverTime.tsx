/** What happens over time in a run. */
import type { PageRun } from '../reports/page-data.js';
import { phaseIn } from '../reports/phases.js';
import { Chart } from './chart.js';
import type { Words } from './words.js';

interface OverTimeProps {
  readonly run: PageRun;
  readonly channel: string;
  readonly theme: string;
  readonly words: Words;
}

const PARTIES = ['host', 'relay', 'viewers'] as const;
const GROUP = 'time';

export function OverTime({ run, channel, theme, words }: OverTimeProps) {
  const { series } = run;
  const x = series.until;
  const lengths = x.map((until, i) => Math.max(0.001, until - (x[i - 1] ?? 0)));
  const seconds = (value: number): string => `${words.number(value)} s`;
  const common = { x, xText: seconds, group: GROUP, theme, height: 170 };
  const parties = (of: (party: (typeof PARTIES)[number]) => readonly number[]) =>
    PARTIES.map((party, i) => ({ label: words.say(party), values: of(party), colour: `--c${i + 1}` }));
  const { cpuMs, memoryMiB, loopDelayMs, garbageMs } = series;
  return (
    <>
      <Latencies run={run} channel={channel} theme={theme} words={words} />
      <div class="grid">
        <Chart
          {...common}
          label={words.say('time.frames')}
          lines={[
            {
              label: words.say('fps'),
              values: series.frames.map((count, i) => count / lengths[i]!),
              colour: '--c1',
            },
          ]}
          yText={(value) => words.number(value)}
        />
        {cpuMs && (
          <Chart
            {...common}
            label={words.say('time.cpu')}
            lines={parties((party) => cpuMs[party].map((ms, i) => ms / 10 / lengths[i]!))}
            yText={(value) => `${words.number(value)} %`}
          />
        )}
        {loopDelayMs && (
          <Chart
            {...common}
            label={words.say('time.loop')}
            lines={parties((party) => loopDelayMs[party])}
            yText={(value) => words.ms(value)}
          />
        )}
        {garbageMs && (
          <Chart
            {...common}
            label={words.say('time.garbage')}
            lines={parties((party) => garbageMs[party])}
            yText={(value) => words.ms(value)}
          />
        )}
        {memoryMiB && (
          <Chart
            {...common}
            label={words.say('time.memory')}
            lines={parties((party) => memoryMiB[party])}
            yText={(value) => `${words.number(value)} MiB`}
          />
        )}
      </div>
    </>
  );
}

/** The phase in which a channel's samples are made. */
function phaseOf(channel: string): string {
  if (channel.startsWith('whiteboard')) return 'whiteboard';
  if (channel.startsWith('laser')) return 'laser';
  return channel.startsWith('chat') ? 'chat' : 'display';
}

function Latencies({ run, channel, theme, words }: OverTimeProps) {
  const shown = run.channels.find(({ name }) => name === channel);
  const phase = phaseIn(run.series, phaseOf(channel));
  if (shown === undefined || phase === undefined) return null;
  const length = (phase.until - phase.from) / shown.medians.length;
  return (
    <Chart
      x={shown.medians.map((_, i) => phase.from + (i + 0.5) * length)}
      lines={[
        { label: words.say('time.median'), values: shown.medians, colour: '--c1', points: true },
        {
          label: words.say('time.slowest'),
          values: shown.slowest,
          colour: '--c2',
          dashed: true,
          points: true,
        },
      ]}
      label={`${words.channel(channel)}. ${words.say('time.latency')}`}
      xText={(value) => `${words.number(value)} s`}
      yText={(value) => words.ms(value)}
      group={GROUP}
      theme={theme}
    />
  );
}
