/** The bar at the top of a session: what is watched, how, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import { LEVEL_NAMES, type QualityName } from '../../../codecs/index.js';
import { LOCALES, type Locale } from '../../messages/index.js';
import type { Say } from '../messages.js';
import { Bar, type BarItem, type CommandItem } from '../ui/Bar.js';
import {
  CameraIcon,
  ChatIcon,
  CheckIcon,
  ControlIcon,
  DetailsIcon,
  EraseAllIcon,
  EraserIcon,
  FullScreenIcon,
  HelpIcon,
  KeyboardIcon,
  LabIcon,
  LaserIcon,
  LeaveFullScreenIcon,
  MarkerIcon,
  MinusIcon,
  PaletteIcon,
  PencilIcon,
  PeopleIcon,
  PlusIcon,
  RecordIcon,
  SizeIcon,
  StopIcon,
  UndoIcon,
} from '../ui/icons.js';
import { type Controller, viewName } from './controller.js';
import { CHORD_NAMES, type ChordName } from './input/chords.js';
import { MarkerField } from './MarkerField.js';
import { recordingInWords } from './recording-words.js';
import { type ConsoleState, hasControl, type PanelName, peopleIn, placeOf, reachesHost } from './state.js';
import { clampZoom, MAX_ZOOM, MIN_ZOOM, type ViewMode } from './view/mapping.js';

export interface ToolbarProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  /** The page's tabs, beside the logo. */
  readonly tabs: ComponentChildren;
  /** What the picture is shown at now, in percent. */
  shownZoom(): number;
  onPanel(panel: PanelName): void;
  onChat(open: boolean): void;
  onFullScreen(): void;
  /** The keyboard goes back to the screen. */
  onScreen(): void;
}

const QUALITIES: readonly QualityName[] = ['auto', ...LEVEL_NAMES.toReversed()];
const VIEWS: readonly Exclude<ViewMode, 'zoom'>[] = ['fit', 'actual', 'stretch'];

/** Widest size that a recording is said to have, in megabytes. */
const WIDEST_SIZE = 888.8e6;
/** And time, in microseconds. */
const WIDEST_TIME = 3599e6;

export function Toolbar(props: ToolbarProps) {
  return (
    <Bar
      say={props.controller.say}
      tabs={props.tabs}
      id="toolbar"
      groups={[lookItems(props), handItems(props), keepItems(props), roomItems(props)]}
      more={[
        eraseAll(props),
        plainScreenshot(props),
        panelItem(props, 'lab', <LabIcon />, { key: 'G', hint: 'lab.hint', label: 'lab' }),
        panelItem(props, 'details', <DetailsIcon />, { hint: 'details.hint', label: 'details' }),
        languageItem(props),
      ]}
    />
  );
}

/** How the screen is looked at. */
function lookItems(props: ToolbarProps): BarItem[] {
  const { controller, state } = props;
  const { say } = controller;
  return [
    {
      kind: 'menu',
      id: 'quality',
      fold: 60,
      label: say('quality'),
      // What auto comes to changes by itself: the strip says it.
      shown: say(`quality.${state.quality}`),
      widest: QUALITIES.map((value) => say(`quality.${value}`)),
      icon: <PaletteIcon />,
      chosen: state.quality,
      choices: QUALITIES.map((value) => ({
        value,
        label: say(`quality.${value}`),
        hint: say(`quality.${value}.hint`),
      })),
      onChoose: (quality) => controller.setQuality(quality as QualityName),
    },
    {
      kind: 'menu',
      id: 'view',
      fold: 75,
      label: say('view'),
      shown: viewName(say, state.view),
      widest: [
        ...VIEWS.map((mode) => viewName(say, { mode, zoom: 100 })),
        viewName(say, { mode: 'zoom', zoom: MAX_ZOOM }),
      ],
      icon: <SizeIcon />,
      chosen: state.view.mode === 'zoom' ? undefined : state.view.mode,
      choices: VIEWS.map((value) => ({
        value,
        label: say(`view.${value}`),
        hint: say(`view.${value}.hint`),
      })),
      onChoose: (mode) => controller.setView({ ...state.view, mode: mode as ViewMode }),
      after: (
        <>
          <ZoomRow {...props} />
          <KeysChoice {...props} />
        </>
      ),
    },
  ];
}

/** What the technician's hands do. */
function handItems(props: ToolbarProps): BarItem[] {
  const { controller, state } = props;
  const { say } = controller;
  const live = state.viewer.connection.kind === 'joined';
  const controls = hasControl(state);
  const { controlWanted } = state.viewer;
  const drawing = state.tool === 'whiteboard';
  return [
    {
      kind: 'command',
      id: 'control',
      fold: 10,
      key: 'C',
      label: say('control'),
      hint: controlHint(say, state),
      icon: <ControlIcon />,
      disabled: !live,
      on: controls,
      pending: controlWanted && !controls,
      run: () => controller.toggleControl(),
    },
    {
      kind: 'menu',
      id: 'send-keys',
      fold: 95,
      label: say('keys.send'),
      icon: <KeyboardIcon />,
      disabled: !reachesHost(state),
      chosen: undefined,
      acts: true,
      choices: CHORD_NAMES.map((value) => ({
        value,
        label: say(`chord.${value}`),
      })),
      onChoose: (chord) => {
        controller.sendChord(chord as ChordName);
        props.onScreen();
      },
    },
    {
      kind: 'command',
      id: 'whiteboard',
      fold: 40,
      key: 'W',
      label: say('whiteboard'),
      hint: say(drawing ? 'whiteboard.off' : 'whiteboard.on'),
      icon: <PencilIcon />,
      disabled: !live,
      on: drawing,
      run: () => controller.toggleTool('whiteboard'),
    },
    {
      kind: 'command',
      id: 'laser',
      fold: 70,
      key: 'L',
      label: say('laser'),
      hint: say(state.tool === 'laser' ? 'laser.off' : 'laser.on'),
      icon: <LaserIcon />,
      disabled: !live,
      on: state.tool === 'laser',
      run: () => controller.toggleTool('laser'),
    },
    {
      kind: 'command',
      id: 'undo',
      fold: 68,
      key: 'Z',
      label: say('undo'),
      plain: true,
      hint: say('undo.hint'),
      icon: <UndoIcon />,
      absent: !drawing,
      run: () => controller.undo(),
    },
    {
      kind: 'command',
      id: 'erase',
      fold: 69,
      key: 'E',
      label: say('erase'),
      plain: true,
      hint: say('erase.hint'),
      icon: <EraserIcon />,
      absent: !drawing,
      run: () => controller.erase(),
    },
  ];
}

/** What is kept of the session. */
/** What pressing the button would do, or whose turn is before ours. */
function controlHint(say: Say, state: ConsoleState): string {
  if (hasControl(state)) return say(state.tool === 'none' ? 'control.off' : 'control.back');
  if (!state.viewer.controlWanted) return say('control.on');
  const place = placeOf(state);
  return place === 0 ? say('control.waiting') : say('control.place', { place });
}

function keepItems({ controller, state }: ToolbarProps): BarItem[] {
  const { say } = controller;
  const live = state.viewer.connection.kind === 'joined';
  const { recording } = state;
  return [
    {
      kind: 'command',
      id: 'screenshot',
      fold: 80,
      key: 'S',
      label: say('screenshot'),
      hint: say('screenshot.hint'),
      icon: <CameraIcon />,
      disabled: !state.seen,
      run: () => void controller.screenshot(),
    },
    {
      kind: 'command',
      id: 'record',
      fold: 50,
      key: 'R',
      label: recording.active ? recordingInWords(say, recording) : say('record'),
      widest: [say('record'), recordingInWords(say, { bytes: WIDEST_SIZE, duration: WIDEST_TIME })],
      name: recording.active
        ? say('record.running', { so: recordingInWords(say, recording) })
        : say('record'),
      hint: say(recording.active ? 'record.off' : 'record.on'),
      icon: recording.active ? <StopIcon /> : <RecordIcon />,
      disabled: !live && !recording.active,
      on: recording.active,
      alert: true,
      run: () => controller.toggleRecording(),
    },
    {
      kind: 'command',
      id: 'marker',
      fold: 65,
      key: 'K',
      label: say('marker'),
      plain: true,
      hint: say('marker.set'),
      icon: <MarkerIcon />,
      absent: !recording.active,
      on: state.markedAt !== undefined,
      expands: true,
      below: state.markedAt !== undefined && <MarkerField key="marker" controller={controller} />,
      run: () => (state.markedAt === undefined ? controller.beginMarker() : controller.nameMarker('')),
    },
  ];
}

function eraseAll({ controller, state }: ToolbarProps): CommandItem {
  const { say } = controller;
  return {
    kind: 'command',
    id: 'erase-all',
    fold: 0,
    label: say('erase.all'),
    hint: say('erase.all.hint'),
    icon: <EraseAllIcon />,
    disabled: state.tool !== 'whiteboard',
    run: () => controller.eraseAll(),
  };
}

function plainScreenshot({ controller, state }: ToolbarProps): CommandItem {
  const { say } = controller;
  return {
    kind: 'command',
    id: 'screenshot-plain',
    fold: 0,
    label: say('screenshot.plain'),
    hint: say('screenshot.plain.hint'),
    icon: <CameraIcon />,
    disabled: !state.seen,
    run: () => void controller.screenshot(false),
  };
}

/** Who else is here, and the page itself. */
function roomItems(props: ToolbarProps): BarItem[] {
  const { controller, state } = props;
  const { say } = controller;
  const { unread, open } = state.chat;
  return [
    {
      kind: 'command',
      id: 'chat',
      fold: 30,
      key: 'M',
      label: say('chat'),
      name: unread > 0 ? say('chat.unread', { count: unread }) : say('chat'),
      hint: say('chat.hint'),
      icon: <ChatIcon />,
      on: open,
      expands: true,
      badge: unread,
      news: true,
      run: () => props.onChat(!open),
    },
    {
      ...panelItem(props, 'people', <PeopleIcon />, { hint: 'people.hint', label: 'people' }),
      name: say('people.count', { count: peopleIn(state) }),
      badge: peopleIn(state),
    },
    {
      ...panelItem(props, 'help', <HelpIcon />, { key: 'H', hint: 'help', label: 'help' }),
      plain: true,
    },
    {
      kind: 'command',
      id: 'fullscreen',
      fold: 63,
      key: 'F',
      label: say(state.fullScreen ? 'fullscreen.off' : 'fullscreen.on'),
      plain: true,
      hint: say(state.fullScreen ? 'fullscreen.off' : 'fullscreen.on'),
      icon: state.fullScreen ? <LeaveFullScreenIcon /> : <FullScreenIcon />,
      run: props.onFullScreen,
    },
  ];
}

const PANEL_FOLD = { people: 55, help: 100, lab: 0, details: 0 } as const;

type Words = Parameters<Say>[0];

function panelItem(
  { controller, state, onPanel }: ToolbarProps,
  name: Exclude<PanelName, undefined>,
  icon: ComponentChildren,
  words: { readonly key?: string; readonly hint: Words; readonly label: Words },
): CommandItem {
  const say = controller.say as (key: Words) => string;
  return {
    kind: 'command',
    id: name,
    fold: PANEL_FOLD[name],
    ...(words.key === undefined ? {} : { key: words.key }),
    label: say(words.label),
    hint: say(words.hint),
    icon,
    on: state.panel === name,
    expands: true,
    run: () => onPanel(state.panel === name ? undefined : name),
  };
}

function languageItem({ controller, state }: ToolbarProps): BarItem {
  const { say } = controller;
  return {
    kind: 'menu',
    id: 'language',
    fold: 0,
    label: say('language'),
    icon: null,
    chosen: state.locale,
    choices: LOCALES.map((value) => ({ value, label: say(`language.${value}`) })),
    onChoose: (locale) => controller.setLocale(locale as Locale),
  };
}

function KeysChoice({ controller, state }: ToolbarProps) {
  const { say } = controller;
  return (
    <button
      type="button"
      class="choice"
      id="keys-choice"
      aria-pressed={state.keys}
      onClick={() => controller.setKeys(!state.keys)}
    >
      <span class="tick">{state.keys && <CheckIcon />}</span>
      <span>
        <span class="name">{say('row')}</span>
        <span class="hint">{say('row.hint')}</span>
      </span>
    </button>
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
