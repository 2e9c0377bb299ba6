/** The bar at the top: what is watched, how, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { LEVEL_NAMES, type QualityName } from '../../../codecs/index.js';
import type { Say } from '../messages.js';
import { clampZoom, MAX_ZOOM, MIN_ZOOM, type ViewMode } from '../view/mapping.js';
import { type Controller, qualityName, viewName } from './controller.js';
import {
  CameraIcon,
  ChatIcon,
  ControlIcon,
  EraserIcon,
  FullScreenIcon,
  KeyboardIcon,
  LaserIcon,
  LeaveFullScreenIcon,
  LogoIcon,
  MinusIcon,
  PaletteIcon,
  PencilIcon,
  PeopleIcon,
  PlusIcon,
  RecordIcon,
  SizeIcon,
  StopIcon,
} from './icons.js';
import { MarkerButton } from './MarkerButton.js';
import { Menu } from './Menu.js';
import { type ConsoleState, hasControl } from './state.js';
import { sizeInWords } from './units.js';

export type PanelName = 'people' | 'help' | 'details' | 'lab' | undefined;

export interface ToolbarProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  readonly panel: PanelName;
  /** The page's tabs, beside the logo. */
  readonly tabs: ComponentChildren;
  /** What the picture is shown at now, in percent. */
  shownZoom(): number;
  onPanel(panel: PanelName): void;
  onChat(open: boolean): void;
  onFullScreen(): void;
}

const QUALITIES: readonly QualityName[] = ['auto', ...LEVEL_NAMES.toReversed()];

export function Toolbar(props: ToolbarProps) {
  const { controller, state } = props;
  const { say } = controller;
  const live = state.viewer.connection.kind === 'joined';
  const controls = hasControl(state);
  const drawing = state.tool === 'whiteboard';
  const recording = state.recording.active;

  return (
    <Bar say={say} tabs={props.tabs} id="toolbar">
      <div class="group">
        <Menu
          id="quality"
          label={say('quality')}
          shown={qualityName(say, state)}
          icon={<PaletteIcon />}
          chosen={state.quality}
          choices={QUALITIES.map((value) => ({
            value,
            label: say(`quality.${value}`),
            hint: say(`quality.${value}.hint`),
          }))}
          onChoose={(quality) => controller.setQuality(quality)}
        />
        <Menu<Exclude<ViewMode, 'zoom'>>
          id="view"
          label={say('view')}
          shown={viewName(say, state.view)}
          icon={<SizeIcon />}
          chosen={state.view.mode === 'zoom' ? undefined : state.view.mode}
          choices={(['fit', 'actual', 'stretch'] as const).map((value) => ({
            value,
            label: say(`view.${value}`),
            hint: say(`view.${value}.hint`),
          }))}
          onChoose={(mode) => controller.setView({ ...state.view, mode })}
        >
          <ZoomRow {...props} />
        </Menu>
      </div>
      <div class="group">
        <Toggle
          id="control"
          on={controls}
          disabled={!live}
          pending={state.viewer.controlWanted && !controls}
          title={say(
            controls ? 'control.off' : state.viewer.controlWanted ? 'control.waiting' : 'control.on',
          )}
          label={say('control')}
          onClick={() => controller.toggleControl()}
        >
          <ControlIcon />
        </Toggle>
        <Toggle
          id="whiteboard"
          on={drawing}
          disabled={!live}
          title={say(drawing ? 'whiteboard.off' : 'whiteboard.on')}
          label={say('whiteboard')}
          onClick={() => controller.toggleTool('whiteboard')}
        >
          <PencilIcon />
        </Toggle>
        {drawing && (
          <Action
            id="erase"
            title={say('erase.hint')}
            label={say('erase')}
            onClick={() => controller.erase()}
          >
            <EraserIcon />
          </Action>
        )}
        <Toggle
          id="laser"
          on={state.tool === 'laser'}
          disabled={!live}
          title={say(state.tool === 'laser' ? 'laser.off' : 'laser.on')}
          label={say('laser')}
          onClick={() => controller.toggleTool('laser')}
        >
          <LaserIcon />
        </Toggle>
      </div>
      <div class="group">
        <Action
          id="screenshot"
          disabled={!state.seen}
          title={say('screenshot.hint')}
          label={say('screenshot')}
          onClick={() => void controller.screenshot()}
        >
          <CameraIcon />
        </Action>
        <Toggle
          id="record"
          on={recording}
          alert
          disabled={!live && !recording}
          title={say(recording ? 'record.off' : 'record.on')}
          label={
            state.recording.active
              ? say('record.running', { size: sizeInWords(say, state.recording.bytes) })
              : say('record')
          }
          onClick={() => controller.toggleRecording()}
        >
          {recording ? <StopIcon /> : <RecordIcon />}
        </Toggle>
        {recording && <MarkerButton controller={controller} open={state.markedAt !== undefined} />}
      </div>
      <div class="group end">
        <Toggle
          id="chat"
          on={state.chat.open}
          expands
          title={state.chat.unread > 0 ? say('chat.unread', { count: state.chat.unread }) : say('chat.hint')}
          label={say('chat')}
          badge={state.chat.unread}
          news
          onClick={() => props.onChat(!state.chat.open)}
        >
          <ChatIcon />
        </Toggle>
        <Toggle
          id="people"
          on={props.panel === 'people'}
          expands
          title={say('people.count', { count: state.viewer.participants.length })}
          label={say('people')}
          badge={state.viewer.participants.length}
          onClick={() => props.onPanel(props.panel === 'people' ? undefined : 'people')}
        >
          <PeopleIcon />
        </Toggle>
        <Toggle
          id="help"
          on={props.panel === 'help'}
          expands
          title={say('help')}
          onClick={() => props.onPanel(props.panel === 'help' ? undefined : 'help')}
        >
          <KeyboardIcon />
        </Toggle>
        <Action
          id="fullscreen"
          title={say(state.fullScreen ? 'fullscreen.off' : 'fullscreen.on')}
          onClick={props.onFullScreen}
        >
          {state.fullScreen ? <LeaveFullScreenIcon /> : <FullScreenIcon />}
        </Action>
      </div>
    </Bar>
  );
}

function ZoomRow({ controller, shownZoom }: ToolbarProps) {
  const { say } = controller;
  const percent = Math.round(shownZoom());
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset inside a menu would be announced as a form.
    <div class="zoom" role="group" aria-label={say('zoom.value')}>
      <button
        type="button"
        class="button"
        id="zoom-out"
        aria-label={say('zoom.out')}
        onClick={() => controller.stepZoom(-1, shownZoom())}
      >
        <MinusIcon />
      </button>
      <input
        type="number"
        id="zoom"
        min={MIN_ZOOM}
        max={MAX_ZOOM}
        step={5}
        value={percent}
        aria-label={say('zoom.value')}
        onChange={(event) => controller.setZoom(clampZoom(event.currentTarget.valueAsNumber))}
      />
      <span aria-hidden="true">%</span>
      <button
        type="button"
        class="button"
        id="zoom-in"
        aria-label={say('zoom.in')}
        onClick={() => controller.stepZoom(1, shownZoom())}
      >
        <PlusIcon />
      </button>
    </div>
  );
}

interface ActionProps {
  readonly id: string;
  /** The whole sentence: tool tip and accessible name. */
  readonly title: string;
  /** The word on the button, where there is room. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
  onClick(): void;
}

export function Action({ id, title, label, disabled, children, onClick }: ActionProps) {
  return (
    <button
      type="button"
      id={id}
      class="button"
      title={title}
      aria-label={title}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
      {label !== undefined && <span class="text">{label}</span>}
    </button>
  );
}

interface ToggleProps extends ActionProps {
  readonly on: boolean;
  /** It opens a panel instead of turning something on. */
  readonly expands?: boolean;
  /** Being on is something to be aware of. */
  readonly alert?: boolean;
  /** Asked for and not there yet. */
  readonly pending?: boolean;
  readonly badge?: number;
  /** The badge counts what waits to be seen. */
  readonly news?: boolean;
}

export function Toggle(props: ToggleProps) {
  const { id, title, label, disabled, children, onClick, on, expands, alert, pending, badge, news } = props;
  const look = on ? (alert ? 'on alert' : 'on') : pending ? 'pending' : '';
  const state = expands ? { 'aria-expanded': on } : { 'aria-pressed': on };
  return (
    <button
      type="button"
      id={id}
      class={`button ${look}`}
      title={title}
      aria-label={title}
      disabled={disabled}
      onClick={onClick}
      {...state}
    >
      {children}
      {label !== undefined && <span class="text">{label}</span>}
      {badge !== undefined && badge > 0 && (
        <span class={`badge ${news ? 'news' : ''}`} aria-hidden="true">
          {badge}
        </span>
      )}
    </button>
  );
}

interface BarProps {
  readonly say: Say;
  /** The page's tabs, beside the logo. */
  readonly tabs: ComponentChildren;
  readonly id?: string;
  readonly children: ComponentChildren;
}

/** A tab's bar of buttons. */
export function Bar({ say, tabs, id, children }: BarProps) {
  const bar = useRef<HTMLDivElement>(null);
  return (
    <div
      class="toolbar"
      id={id}
      role="toolbar"
      aria-label={say('toolbar')}
      ref={bar}
      onKeyDown={(event) => moveFocus(event, bar.current)}
    >
      <div class="group brand">
        <LogoIcon />
        {tabs}
      </div>
      {children}
    </div>
  );
}

/** Left and right move through the bar, Home and End go to its ends. */
function moveFocus(event: KeyboardEvent, bar: HTMLElement | null): void {
  if (bar === null || document.activeElement instanceof HTMLInputElement) return;
  const buttons = [...bar.querySelectorAll<HTMLButtonElement>(':is(.group, .menu) > button:not(:disabled)')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const target =
    event.key === 'ArrowRight'
      ? buttons[(at + 1) % buttons.length]
      : event.key === 'ArrowLeft'
        ? buttons.at(at <= 0 ? -1 : at - 1)
        : event.key === 'Home'
          ? buttons[0]
          : event.key === 'End'
            ? buttons.at(-1)
            : undefined;
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
