/** What opens below the toolbar: who is here, and the keys. */
import { overlayColour } from '../../../engine/overlay/index.js';
import type { Participant } from '../../../engine/protocol/index.js';
import type { Say } from '../messages.js';
import { Panel } from '../ui/Panel.js';
import type { Controller } from './controller.js';
import { HandsHelp } from './HandsHelp.js';
import { NameForm } from './NameForm.js';
import { SHORTCUTS } from './shortcuts.js';
import { type ConsoleState, hasControl, peopleIn } from './state.js';

interface PeopleProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  onClose(): void;
}

export function PeoplePanel({ controller, state, onClose }: PeopleProps) {
  const { say } = controller;
  const { viewer } = state;
  return (
    <Panel say={say} title={say('people.count', { count: peopleIn(state) })} onClose={onClose}>
      <ul class="people">
        {viewer.hostName !== '' && (
          <li>
            <span class="face host" aria-hidden="true">
              {initials(viewer.hostName)}
            </span>
            <span>
              <span class="name">{viewer.hostName}</span>
              <span class="hint">{say('people.host')}</span>
            </span>
          </li>
        )}
        {viewer.participants.map((one) => (
          <li key={one.viewer} class={one.viewer === viewer.controller ? 'controls' : ''}>
            <span class={`face tint${one.viewer % 6}`} aria-hidden="true">
              {initials(one.name)}
            </span>
            <span
              class="swatch"
              title={say('people.colour')}
              style={{ backgroundColor: overlayColour(one.viewer) }}
            />
            <span>
              <span class="name">
                {one.viewer === viewer.viewer ? say('people.you', { name: one.name }) : one.name}
              </span>
              <span class="hint">{doings(say, one, viewer.controller).join(' · ')}</span>
            </span>
            <ControlButton controller={controller} state={state} one={one} />
          </li>
        ))}
      </ul>
      <NameForm controller={controller} state={state} />
    </Panel>
  );
}

/** Who controls may hand it to each of the others; one who waits may stop waiting. */
function ControlButton({ controller, state, one }: Omit<PeopleProps, 'onClose'> & { one: Participant }) {
  const { say } = controller;
  const isOwn = one.viewer === state.viewer.viewer;
  if (isOwn && one.waiting !== undefined) {
    return (
      <button type="button" class="button" id="stop-waiting" onClick={() => controller.toggleControl()}>
        {say('people.stop-waiting')}
      </button>
    );
  }
  if (isOwn || !hasControl(state)) return null;
  return (
    <button
      type="button"
      class="button"
      data-hand-over={one.viewer}
      aria-label={say('people.hand-over.to', { name: one.name })}
      onClick={() => controller.handOver(one.viewer)}
    >
      {say('people.hand-over')}
    </button>
  );
}

function doings(say: Say, one: Participant, controller: number): string[] {
  const words = [
    one.viewer === controller ? say('people.controls') : '',
    one.waiting === undefined ? '' : say('people.waits', { place: one.waiting }),
    one.tool === 'whiteboard' ? say('people.draws') : one.tool === 'laser' ? say('people.points') : '',
    one.recording ? say('people.records') : '',
    one.watching === false ? say('people.elsewhere') : '',
  ].filter((word) => word !== '');
  return [...(words.length === 0 ? [say('people.watches')] : words), say(`quality.${one.quality}`)];
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');
}

export function HelpPanel({ say, onClose }: { say: Say; onClose(): void }) {
  return (
    <Panel say={say} title={say('help')} onClose={onClose}>
      <p class="hint">{say('help.intro', { modifiers: say('keys.modifiers') })}</p>
      <dl class="keys">
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.keys.join()}>
            <dt>
              {shortcut.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{say(shortcut.help)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>{say('help.escape')}</dd>
        </div>
        <div>
          <dt>
            <kbd>←</kbd>
            <kbd>→</kbd>
            <kbd>↑</kbd>
            <kbd>↓</kbd>
          </dt>
          <dd>{say('help.scroll')}</dd>
        </div>
      </dl>
      <HandsHelp say={say} />
      <p class="hint">{say('help.address')}</p>
    </Panel>
  );
}
