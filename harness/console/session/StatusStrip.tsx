/** The strip at the bottom: how much, how fast, how late. */
import { AUTO_STREAM, STREAM_NAMES } from '../../../codecs/index.js';
import type { Say } from '../messages.js';
import { durationInWords, milliseconds, rateInWords, SECONDS_FROM_MS, seconds } from '../ui/units.js';
import { autoReason, type Controller, qualityName } from './controller.js';
import { AskName } from './NameForm.js';
import { recordingInWords } from './recording-words.js';
import { areFiguresOld, type ConsoleState, type PanelName, sizeOf } from './state.js';
import type { LatencyFigures } from './worker-api.js';

interface StripProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  onPanel(panel: PanelName): void;
}

export function StatusStrip({ controller, state, onPanel }: StripProps) {
  const { say } = controller;
  const { stats, panel } = state;
  const size = sizeOf(state);
  const level = state.viewer.level;
  const old = areFiguresOld(state) ? 'old' : '';
  return (
    <footer class="strip" role="contentinfo" aria-label={say('stats.label')}>
      {state.asksName && state.viewer.connection.kind === 'joined' && <AskName controller={controller} />}
      {/* Those that have no room are left out whole, the last ones first. */}
      <div class="figures">
        {state.recording.active && (
          <span class="figure" id="stat-recording">
            {say('record.running', { so: recordingInWords(say, state.recording) })}
          </span>
        )}
        <span class={`figure ${old}`} id="stat-fps">
          {say('stats.fps', { value: Math.round(stats?.framesPerSecond ?? 0) })}
        </span>
        <span class={`figure ${old}`} id="stat-rate">
          {rateInWords(say, stats?.kilobitsPerSecond ?? 0)}
        </span>
        <Latency say={say} id="stat-display" name={say('stats.display')} figures={stats?.display} old={old} />
        <Latency say={say} id="stat-input" name={say('stats.input')} figures={stats?.input} />
        {state.line !== 'none' && (
          <span class="figure simulated" id="stat-line">
            {say('stats.line')}
          </span>
        )}
        <Latency say={say} id="stat-laser" name={say('stats.laser')} figures={stats?.laser} />
        {size !== undefined && level !== undefined && (
          <span class="figure quiet" id="stat-level" title={autoReason(say, state)}>
            {say('stats.level', {
              level: level === AUTO_STREAM ? qualityName(say, state) : say(`quality.${STREAM_NAMES[level]}`),
              width: String(size.width),
              height: String(size.height),
            })}
          </span>
        )}
        <span class="figure quiet" id="stat-frame">
          {say('stats.frame', { frame: String(controller.frame) })}
        </span>
      </div>
      <button
        type="button"
        class="details"
        id="lab"
        aria-expanded={panel === 'lab'}
        title={say('lab.hint')}
        onClick={() => onPanel(panel === 'lab' ? undefined : 'lab')}
      >
        {say('lab')}
      </button>
      <button
        type="button"
        class="details"
        id="details"
        aria-expanded={panel === 'details'}
        title={say('details.hint')}
        onClick={() => onPanel(panel === 'details' ? undefined : 'details')}
      >
        {say('details')}
      </button>
    </footer>
  );
}

interface LatencyProps {
  readonly say: Say;
  readonly id: string;
  readonly name: string;
  readonly figures: LatencyFigures | undefined;
  readonly old?: string;
}

function Latency({ say, id, name, figures, old = '' }: LatencyProps) {
  if (figures === undefined) {
    return (
      <span class="figure latency" id={id}>
        <span class="name">{name}</span> {say('stats.none')}
      </span>
    );
  }
  const { p50, p95, samples } = figures;
  const meaning = {
    channel: name,
    p50: durationInWords(say, p50),
    p95: durationInWords(say, p95),
    samples,
  };
  return (
    <span class={`figure latency ${old}`} id={id} title={say('stats.meaning', meaning)}>
      <span class="name">{name}</span> {pairInWords(say, p50, p95)}
    </span>
  );
}

/** Two times, in the same unit. */
function pairInWords(say: Say, p50: number, p95: number): string {
  if (p95 < SECONDS_FROM_MS) {
    return say('stats.figures', { p50: milliseconds(p50), p95: milliseconds(p95) });
  }
  return say('stats.figures.seconds', { p50: seconds(p50), p95: seconds(p95) });
}
