/** The slowest samples of a channel: what each spent its time with, and what happened around it. */
import type { PageRun } from '../reports/page-data.js';
import { KindLegend, Stack } from './Stages.js';
import type { Words } from './words.js';

interface SpikesProps {
  readonly run: PageRun;
  readonly channel: string;
  readonly words: Words;
}

type Spike = NonNullable<PageRun['spikes'][string]>[number];

/** A loop that waits for less than this is a timer's coarseness, milliseconds. */
const LONG_WAIT = 5;

export function Spikes({ run, channel, words }: SpikesProps) {
  const spikes = run.spikes[channel] ?? [];
  if (spikes.length === 0) return <p>{words.say('spikes.none')}</p>;
  const stages = new Map((run.stages[channel] ?? []).map((stage) => [stage.stage, stage]));
  const reach = spikes[0]!.latencyMs;
  return (
    <>
      <KindLegend words={words} />
      <ol class="spikes">
        {spikes.map((spike) => (
          <li key={`${spike.at} ${spike.latencyMs}`}>
            <div class="spike-head">
              <strong>{words.ms(spike.latencyMs)}</strong>
              <span class="quiet">{words.say('spike.at', { seconds: words.number(spike.at) })}</span>
            </div>
            <Stack
              label={words.ms(spike.latencyMs)}
              parts={spike.stages.map(({ stage, ms }) => ({
                stage,
                ms,
                kind: stages.get(stage)?.kind ?? 'working',
              }))}
              reach={reach}
              words={words}
            />
            <p>{explain(spike, run, stages, words).join(' ')}</p>
          </li>
        ))}
      </ol>
    </>
  );
}

function explain(
  spike: Spike,
  run: PageRun,
  stages: ReadonlyMap<string, { readonly p50: number }>,
  words: Words,
): string[] {
  const usual = (stage: string): number => stages.get(stage)?.p50 ?? 0;
  const [most] = [...spike.stages].sort((a, b) => b.ms - usual(b.stage) - (a.ms - usual(a.stage)));
  const sentences: string[] = [];
  if (most !== undefined) {
    sentences.push(
      words.say('spike.mostly', {
        stage: words.stage(most.stage),
        ms: words.number(most.ms),
        usual: words.number(usual(most.stage)),
      }),
    );
  }
  if (spike.frame !== undefined) {
    const { bytes, slices, inFlight, bufferedBytes } = spike.frame;
    sentences.push(words.say('spike.frame', { bytes, slices, inFlight, buffered: bufferedBytes }));
  }
  // Virtual time has no garbage, and nobody knows that of a live session.
  if (run.settings.virtual || run.settings.live) return sentences;
  const garbage = spike.garbage.map(({ process, ms }) => `${partyIn(process, words)} ${words.ms(ms)}`);
  sentences.push(
    garbage.length === 0 ? words.say('spike.calm') : words.say('spike.garbage', { what: garbage.join(', ') }),
  );
  const waits = waitsDuring(spike, run, words);
  if (waits.length > 0) sentences.push(words.say('spike.loop', { what: waits.join(', ') }));
  return sentences;
}

/** Event loops in the intervals in which the sample was on its way. */
function waitsDuring({ at, latencyMs }: Spike, { series }: PageRun, words: Words): string[] {
  const { loopDelayMs, until } = series;
  if (loopDelayMs === undefined) return [];
  const meanwhile = [...until.keys()].filter(
    (i) => until[i]! >= at && (until[i - 1] ?? 0) <= at + latencyMs / 1000,
  );
  return (['host', 'relay', 'viewers'] as const).flatMap((party) => {
    const longest = Math.max(0, ...meanwhile.map((i) => loopDelayMs[party][i] ?? 0));
    return longest < LONG_WAIT ? [] : [`${words.say(party)} ${words.ms(longest)}`];
  });
}

function partyIn(process: string, words: Words): string {
  return process === 'host' || process === 'relay' || process === 'viewers' ? words.say(process) : process;
}
