/** A run at a glance, and where and how it was measured. */

import type { PageData, PageRun } from '../reports/page-data.js';
import { commandOf, settingsOf } from './runs.js';
import { Scroll } from './Scroll.js';
import type { Words } from './words.js';

interface SummaryProps {
  readonly run: PageRun;
  readonly channel: string;
  readonly onChannel: (name: string) => void;
  readonly words: Words;
}

/** What one looks at first, if it was measured. */
const FIRST = ['display', 'clickToPicture', 'input', 'laser'];

export function Summary({ run, channel, onChannel, words }: SummaryProps) {
  const cards = FIRST.flatMap((name) => run.channels.find((each) => each.name === name) ?? []);
  const { cpuMsPerFrame: cpu } = run;
  return (
    <>
      <div class="cards">
        {cards.map(({ name, p50, p99, samples }) => (
          <div key={name} class="card">
            <h3>{words.channel(name)}</h3>
            <p class="big">{words.ms(p50)}</p>
            <p class="quiet">{words.say('summary.p50', { p99: words.number(p99) })}</p>
            <p class="quiet">{words.say('samples', { count: samples })}</p>
          </div>
        ))}
      </div>
      <dl class="facts">
        <Fact value={words.number(run.framesPerSecond)} name={words.say('frames.rate')} />
        <Fact value={words.bytes(run.bytesPerFrame)} name={words.say('frames.bytes')} />
        {cpu !== undefined && (
          <Fact
            value={`${[cpu.host, cpu.relay, cpu.viewer].map((ms) => words.number(ms)).join(' / ')} ms`}
            name={words.say('cpu.frame')}
          />
        )}
        {run.bulkBytesPerSecond > 0 && (
          <Fact value={words.bytes(run.bulkBytesPerSecond)} name={words.say('bulk')} />
        )}
        {(run.fileWaitMs ?? 0) > 0 && (
          <Fact value={words.ms(run.fileWaitMs!)} name={words.say('file.wait')} />
        )}
        <Fact value={words.ms(run.clockErrorMs)} name={words.say('clock.error')} />
        {!run.settings.live && (
          <Fact
            value={words.number(run.framesCompared)}
            name={words.say('frames.exact', { mismatches: run.mismatches })}
          />
        )}
      </dl>
      <Scroll>
        <table class="figures">
          <caption>{words.say('channels.table')}</caption>
          <thead>
            <tr>
              <th scope="col">{words.say('channel')}</th>
              <th scope="col">{words.say('median')}</th>
              <th scope="col">90 %</th>
              <th scope="col">99 %</th>
              <th scope="col">{words.say('max')}</th>
              <th scope="col">{words.say('mean')}</th>
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {run.channels.map(({ name, p50, p90, p99, max, mean, samples }) => (
              <tr key={name} class={name === channel ? 'chosen' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="plain"
                    aria-pressed={name === channel}
                    onClick={() => onChannel(name)}
                  >
                    {words.channel(name)}
                  </button>
                </th>
                {[p50, p90, p99, max, mean, samples].map((value, i) => (
                  <td key={i}>{words.number(value)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Fact({ value, name }: { readonly value: string; readonly name: string }) {
  return (
    <div>
      <dd>{value}</dd>
      <dt>{name}</dt>
    </div>
  );
}

interface ProvenanceProps {
  readonly data: PageData;
  readonly run: PageRun;
  readonly words: Words;
}

export function Provenance({ data, run, words }: ProvenanceProps) {
  return (
    <div class="provenance">
      {data.machines.map((machine) => (
        <dl key={JSON.stringify(machine)}>
          <dt>{words.say('machine')}</dt>
          <dd>
            {machine.browser === undefined
              ? `${machine.cpu}, ${words.say('cores', { count: machine.cores, memory: machine.memoryGiB })}, `
              : `${words.say('cores.only', { count: machine.cores })}, `}
            {machine.system}
          </dd>
          <dt>{words.say('versions')}</dt>
          <dd>
            {[
              ['Sightline', machine.sightline],
              ['Node', machine.node],
              ['V8', machine.v8],
              ['', machine.browser],
            ]
              .filter(([, version]) => version !== undefined)
              .map((named) => named.join(' ').trim())
              .join(', ')}
          </dd>
        </dl>
      ))}
      <p>
        {run.startedAt === undefined
          ? words.say('virtual')
          : words.say('started', { date: new Date(run.startedAt).toLocaleString(words.locale) })}
      </p>
      <h3>{words.say('settings')}</h3>
      <dl class="settings">
        {[...settingsOf(run)].map(([name, value]) => (
          <div key={name}>
            <dt>{words.setting(name)}</dt>
            <dd>{words.settingValue(value)}</dd>
          </div>
        ))}
      </dl>
      {run.settings.live ? (
        <p>{words.say('again.live')}</p>
      ) : (
        <>
          <h3>{words.say('again')}</h3>
          <pre>{commandOf(run)}</pre>
          <p>{words.say('again.file')}</p>
          <pre>sightline measure --from report.json</pre>
        </>
      )}
    </div>
  );
}
