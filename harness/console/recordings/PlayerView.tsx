/** The recording that is open: its picture, the bar below it, what can be looked up beside it. */
import { useEffect, useRef } from 'preact/hooks';
import { pageFile } from '../page-files.js';
import { useSheet } from '../session/view/sheet.js';
import { Action, Toggle } from '../ui/buttons.js';
import { toggleFullScreen } from '../ui/full-screen.js';
import {
  CameraIcon,
  PauseIcon,
  PencilIcon,
  PlayIcon,
  SizeIcon,
  SkipIcon,
  SpeedIcon,
  StepBackIcon,
  StepForwardIcon,
} from '../ui/icons.js';
import { chordOf } from '../ui/key-press.js';
import { Menu } from '../ui/Menu.js';
import { useWatched } from '../ui/Toast.js';
import { timeInWords } from '../ui/units.js';
import { ConvertPanel } from './ConvertPanel.js';
import type { RecordingsController } from './controller.js';
import { playerKeyOf } from './keys.js';
import { type OpenPlayer, type PlayerState, SPEEDS } from './open-player.js';
import { ChaptersPanel, PlayerHelpPanel } from './PlayerPanels.js';
import { RecordedChat } from './RecordedChat.js';
import { SeekBar } from './SeekBar.js';
import { damageInWords, faultInWords } from './words.js';

interface PlayerProps {
  readonly controller: RecordingsController;
  readonly player: OpenPlayer;
}

export function PlayerView({ controller, player, active }: PlayerProps & { readonly active: boolean }) {
  const state = useWatched(player);
  const { say } = controller;
  const { panel } = state;

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!active || event.defaultPrevented || isTaken(event)) return;
      if (event.key === 'Escape' && panel !== undefined) player.showPanel(undefined);
      else {
        const found = playerKeyOf(event);
        if (found === undefined) return;
        const screenshot = () => void controller.screenshot();
        found.meaning.run(player, found.key, { toggleFullScreen, screenshot });
      }
      event.preventDefault();
    };
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  });

  return (
    <>
      <div class="work">
        <div class="middle">
          <PlayerStage controller={controller} player={player} />
          <PlayerNotice controller={controller} player={player} />
          {panel === 'chapters' && (
            <ChaptersPanel
              say={say}
              player={player}
              state={state}
              onClose={() => player.showPanel(undefined)}
            />
          )}
          {panel === 'convert' && (
            <ConvertPanel controller={controller} onClose={() => player.showPanel(undefined)} />
          )}
          {panel === 'help' && <PlayerHelpPanel say={say} onClose={() => player.showPanel(undefined)} />}
        </div>
        {state.showsChat && <RecordedChat say={say} player={player} state={state} />}
      </div>
      <PlayerBar controller={controller} player={player} />
    </>
  );
}

/** Whether what has the focus uses the key itself. */
function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, [role="menu"]') !== null) return true;
  if (target.closest('[role="toolbar"], [aria-haspopup]') !== null && MOVING.test(event.key)) return true;
  return event.key === ' ' && target.closest('button') !== null;
}

/** Keys that move the focus through a bar, or open a menu. */
const MOVING = /^(?:Arrow|Home|End)/;

function PlayerStage({ controller, player }: PlayerProps) {
  const { say } = controller;
  const state = useWatched(player);
  const overlay = useRef<HTMLCanvasElement>(null);
  const scale = useRef(1);
  const showAt = () => player.showAt(scale.current, !document.hidden);
  const { room, sheet, picture } = useSheet({ mode: state.view, zoom: 100 }, player.size, (placement) => {
    scale.current = Math.max(placement.scaleX, placement.scaleY);
    showAt();
  });

  useEffect(() => {
    const kernels = new URL(`/${pageFile('kernels.wasm')}`, location.href).href;
    player.start(
      kernels,
      picture.current!.transferControlToOffscreen(),
      overlay.current!.transferControlToOffscreen(),
    );
    room.current!.focus({ preventScroll: true });
    document.addEventListener('visibilitychange', showAt);
    return () => document.removeEventListener('visibilitychange', showAt);
  }, []);

  return (
    <main class="stage" id="player-stage">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the document's. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a press on the picture is the play button's. */}
      <div
        class={`room ${state.view === 'actual' ? 'scrolls' : ''}`}
        ref={room}
        tabIndex={-1}
        onClick={() => player.toggle()}
      >
        <div class={`sheet ${player.size === undefined ? '' : 'seen'}`} ref={sheet}>
          <canvas
            id="player-picture"
            width={1}
            height={1}
            ref={picture}
            role="img"
            aria-label={say('player.picture', { name: player.entry.name })}
          />
          <canvas class="over" hidden={!state.overlays} width={1} height={1} ref={overlay} />
        </div>
      </div>
    </main>
  );
}

/** What is wrong with the recording, or with this place in it. */
function PlayerNotice({ controller, player }: PlayerProps) {
  const { say } = controller;
  const { fault, playback, summary, outline } = useWatched(player);
  if (fault !== undefined) {
    return (
      <div class="scrim">
        <div class="notice grave" role="alert" data-notice="recording">
          <span class="mark" aria-hidden="true" />
          <h1>{say('player.fault')}</h1>
          <p>{faultInWords(say, fault)}</p>
          <button type="button" class="button main" onClick={() => controller.close()}>
            {say('recordings.back')}
          </button>
        </div>
      </div>
    );
  }
  if (summary !== undefined && !playback.seeking && playback.frame === 0) {
    return (
      <div class="scrim">
        <div class="notice" role="status" data-notice="no-picture">
          <h1>{say('player.nothing')}</h1>
          <p>{say(outline?.gaps.length ? 'player.nothing.damaged' : 'player.nothing.more')}</p>
        </div>
      </div>
    );
  }
  return null;
}

function PlayerBar({ controller, player }: PlayerProps) {
  const { say } = controller;
  const state = useWatched(player);
  const { playback, outline, summary } = state;
  const isOpen = summary !== undefined && state.fault === undefined;
  const damage =
    outline === undefined || summary === undefined ? [] : damageInWords(say, outline, summary.complete);
  return (
    <section class={`player-bar ${playback.playing ? 'playing' : ''}`} aria-label={say('player.bar')}>
      <SeekBar say={say} player={player} state={state} />
      {damage.length > 0 && <Damage sentences={damage} />}
      <div class="row">
        <Action
          id="play"
          disabled={!isOpen}
          title={say(playback.playing ? 'player.pause' : 'player.play.only')}
          onClick={() => player.toggle()}
        >
          {playback.playing ? <PauseIcon /> : <PlayIcon />}
        </Action>
        <Action
          id="step-back"
          disabled={!isOpen || outline === undefined}
          title={say('player.step.back')}
          onClick={() => player.step(-1)}
        >
          <StepBackIcon />
        </Action>
        <Action
          id="step-forward"
          disabled={!isOpen}
          title={say('player.step.forward')}
          onClick={() => player.step(1)}
        >
          <StepForwardIcon />
        </Action>
        <span class="clock" id="clock">
          {timeInWords(playback.time, true)} <span class="quiet">/ {timeInWords(player.duration)}</span>
        </span>
        <span class="rest" />
        <PlayerMenus controller={controller} player={player} state={state} />
        <Toggle
          id="overlays"
          on={state.overlays}
          title={say('player.overlays')}
          label={say('player.overlays.short')}
          onClick={() => player.toggleOverlays()}
        >
          <PencilIcon />
        </Toggle>
        <Toggle
          id="idle"
          on={state.skipIdle}
          title={say('player.idle')}
          label={say('player.idle.short')}
          onClick={() => player.toggleIdle()}
        >
          <SkipIcon />
        </Toggle>
        <Action
          id="player-screenshot"
          disabled={player.size === undefined}
          title={`${say('player.screenshot')} (${chordOf(say, 'S')})`}
          label={say('screenshot')}
          onClick={() => void controller.screenshot()}
        >
          <CameraIcon />
        </Action>
      </div>
    </section>
  );
}

function PlayerMenus({ controller, player, state }: PlayerProps & { readonly state: PlayerState }) {
  const { say } = controller;
  return (
    <>
      <Menu
        id="speed"
        label={say('player.speed')}
        shown={say('player.speed.value', { speed: state.playback.speed })}
        widest={SPEEDS.map((speed) => say('player.speed.value', { speed }))}
        icon={<SpeedIcon />}
        chosen={String(state.playback.speed)}
        choices={SPEEDS.map((speed) => ({
          value: String(speed),
          label: say('player.speed.value', { speed }),
        }))}
        onChoose={(speed) => player.setSpeed(Number(speed))}
      />
      <Menu<PlayerState['view']>
        id="player-view"
        label={say('view')}
        shown={say(`view.${state.view}`)}
        widest={[say('view.fit'), say('view.actual')]}
        icon={<SizeIcon />}
        chosen={state.view}
        choices={(['fit', 'actual'] as const).map((value) => ({
          value,
          label: say(`view.${value}`),
          hint: say(`view.${value}.hint`),
        }))}
        onChoose={(view) => player.setView(view)}
      />
    </>
  );
}

function Damage({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <div class="damage" role="status">
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
