/** The Lab panel: the running figures of this viewer, and lines to try on the running session. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { LINK_NAMES, LINK_PRESETS } from '../../../../engine/link-model/profile.js';
import { LATENCY_CHANNELS, type LatencyChannel } from '../../../../engine/viewer/index.js';
import { STAGE_KINDS } from '../../../measure/stage-kinds.js';
import type { Say } from '../../messages.js';
import { download, stamp } from '../../ui/download.js';
import { Panel } from '../../ui/Panel.js';
import { durationInWords, milliseconds, rateInWords, sizeInWords } from '../../ui/units.js';
import type { Controller } from '../controller.js';
import { type ChannelNow, LAB_STAGES, type LabFigures, type LabStage } from '../lab-api.js';
import type { ConsoleState } from '../state.js';
import { figuresReport } from './file.js';
import { curve, type LabMoment, medians, remember } from './history.js';

/** Put in when the page is built. */
declare const SIGHTLINE_VERSION: string;

interface LabPanelProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  onClose(): void;
}

export function LabPanel({ controller, state, onClose }: LabPanelProps) {
  const { say } = controller;
  const figures = state.stats?.lab;
  const history = useRef<readonly LabMoment[]>([]);
  const [, draw] = useState(0);

  useEffect(() => {
    controller.wantFigures(true);
    return () => controller.wantFigures(false);
  }, [controller]);

  useEffect(() => {
    if (figures === undefined) return;
    history.current = remember(history.current, { at: Date.now(), figures });
    draw((count) => count + 1);
  }, [figures]);

  const save = async () => {
    const run = await controller.labRun();
    if (run === undefined) return;
    const { userAgent, hardwareConcurrency: cores } = navigator;
    const machine = { userAgent, cores, sightline: SIGHTLINE_VERSION };
    const json = JSON.stringify(figuresReport(controller.state, run, machine, Date.now()));
    download(
      new Blob([json], { type: 'application/json' }),
      `${say('file.figures')}-${stamp(new Date())}.json`,
    );
    controller.tell(say('say.figures'));
  };
  return (
    <div class="lab">
      <Panel say={say} title={say('lab.title')} onClose={onClose}>
        <p class="hint">{say('lab.intro')}</p>
        <Channels say={say} figures={figures} history={history.current} />
        {figures?.stages !== undefined && (
          <Stages say={say} stages={figures.stages} clockError={figures.clockError} />
        )}
        {figures !== undefined && <Rates say={say} figures={figures} />}
        <Lines controller={controller} state={state} />
        <p class="lab-end">
          <button
            type="button"
            class="button main"
            id="lab-save"
            disabled={figures === undefined}
            onClick={save}
          >
            {say('lab.save')}
          </button>
        </p>
      </Panel>
    </div>
  );
}

/** Of the last minute's curve, in CSS pixels. */
const CURVE_WIDTH = 68;

interface ChannelsProps {
  readonly say: Say;
  readonly figures: LabFigures | undefined;
  readonly history: readonly LabMoment[];
}

function Channels({ say, figures, history }: ChannelsProps) {
  return (
    <table class="lab-table" id="lab-channels">
      <thead>
        <tr>
          <th scope="col">{say('lab.channel')}</th>
          <th scope="col">{say('lab.minute')}</th>
          <th scope="col">p50</th>
          <th scope="col">p95</th>
          <th scope="col">p99</th>
          <th scope="col" title={say('lab.clock.hint')}>
            {say('lab.clock')}
          </th>
        </tr>
      </thead>
      <tbody>
        {LATENCY_CHANNELS.map((channel) => (
          <Channel
            key={channel}
            say={say}
            channel={channel}
            now={figures?.channels[channel]}
            clockError={ONE_CLOCK.includes(channel) ? undefined : figures?.clockError}
            path={curve(medians(history, channel), CURVE_WIDTH, 18)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface ChannelProps {
  readonly say: Say;
  readonly channel: LatencyChannel;
  readonly now: ChannelNow | undefined;
  /** Undefined where one clock is enough. */
  readonly clockError: number | undefined;
  readonly path: string;
}

/** Channels that begin and end at this viewer. */
const ONE_CLOCK: readonly LatencyChannel[] = ['clickToPicture'];

function Channel({ say, channel, now, clockError, path }: ChannelProps) {
  return (
    <tr id={`lab-${channel}`}>
      <th scope="row">{say(`lab.channel.${channel}`)}</th>
      <td>
        <svg
          class="spark"
          viewBox={`0 0 ${CURVE_WIDTH} 18`}
          width={CURVE_WIDTH}
          height="18"
          aria-hidden="true"
        >
          <path d={path} />
        </svg>
      </td>
      {now === undefined ? (
        <td colSpan={4} class="quiet">
          {say('lab.none')}
        </td>
      ) : (
        <>
          {[now.p50, now.p95, now.p99].map((value, index) => (
            <td key={String(index)}>{durationInWords(say, value)}</td>
          ))}
          <td class="quiet">{clockError === undefined ? say('lab.clock.one') : inError(say, clockError)}</td>
        </>
      )}
    </tr>
  );
}

/** How wrong a latency between two clocks can be. */
function inError(say: Say, clockError: number): string {
  return say('lab.clock.value', { value: durationInWords(say, clockError) });
}

interface StagesProps {
  readonly say: Say;
  readonly stages: NonNullable<LabFigures['stages']>;
  readonly clockError: number | undefined;
}

/** The one stage that begins by the host's clock and ends by this viewer's. */
const BETWEEN_CLOCKS: LabStage = 'travel';

function Stages({ say, stages, clockError }: StagesProps) {
  const total = LAB_STAGES.reduce((sum, stage) => sum + stages[stage], 0);
  return (
    <section aria-labelledby="lab-stages">
      <h3 id="lab-stages">{say('lab.stages', { value: milliseconds(total) })}</h3>
      <div class="stage-bar" aria-hidden="true">
        {LAB_STAGES.map((stage) => (
          <span
            key={stage}
            class={`kind-${STAGE_KINDS[stage]} stage-${stage}`}
            style={{ flexGrow: String(Math.max(stages[stage], total / 200)) }}
          />
        ))}
      </div>
      <dl class="lab-list">
        {LAB_STAGES.map((stage) => (
          <div key={stage} id={`lab-stage-${stage}`}>
            <dt>
              <span class={`dot kind-${STAGE_KINDS[stage]} stage-${stage}`} aria-hidden="true" />
              {say(`lab.stage.${stage}`)} <span class="quiet">{say(`lab.kind.${STAGE_KINDS[stage]}`)}</span>
            </dt>
            <dd>
              {durationInWords(say, stages[stage])}
              {stage === BETWEEN_CLOCKS && clockError !== undefined && (
                <span class="quiet"> {inError(say, clockError)}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Rates({ say, figures }: { say: Say; figures: LabFigures }) {
  const rate = (value: number) => Math.round(value * 10) / 10;
  const { sentPerSecond, decodedPerSecond, shownPerSecond } = figures;
  const rows: [string, string, string][] = [
    [
      'frames',
      say('lab.frames'),
      say('lab.frames.value', {
        sent: rate(sentPerSecond),
        decoded: rate(decodedPerSecond),
        shown: rate(shownPerSecond),
      }),
    ],
    ['bytes', say('lab.bytes'), sizeInWords(say, figures.bytesPerFrame)],
    ['unpainted', say('lab.unpainted'), String(figures.unpainted)],
    ['queue', say('lab.queue'), sizeInWords(say, figures.lineBytes)],
  ];
  return (
    <dl class="lab-list" id="lab-rates">
      {rows.map(([key, name, value]) => (
        <div key={key} id={`lab-${key}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const NO_LINE = 'none';

function Lines({ controller, state }: { controller: Controller; state: ConsoleState }) {
  const { say } = controller;
  const chosen = state.line;
  return (
    <fieldset class="lab-lines">
      <legend>{say('lab.lines')}</legend>
      <p class="hint">{say('lab.lines.hint')}</p>
      {[NO_LINE, ...LINK_NAMES].map((name) => (
        <label key={name} class="lab-line">
          <input
            type="radio"
            name="lab-line"
            value={name}
            checked={chosen === name}
            onChange={() => controller.setLine(name)}
          />
          <span>{say(`lab.line.${name}` as LineKey)}</span>
          <span class="quiet">{describe(say, name)}</span>
        </label>
      ))}
    </fieldset>
  );
}

type LineKey = `lab.line.${typeof NO_LINE | (typeof LINK_NAMES)[number]}`;

/** A line's rates and its delay one way, as one knows them. */
function describe(say: Say, name: string): string {
  const preset = LINK_NAMES.find((known) => known === name);
  if (preset === undefined) return '';
  const { down, up } = LINK_PRESETS[preset];
  return say('lab.line.is', {
    down: rateInWords(say, (down.bytesPerSecond * 8) / 1000),
    up: rateInWords(say, (up.bytesPerSecond * 8) / 1000),
    delay: milliseconds(down.delay / 1000),
  });
}
