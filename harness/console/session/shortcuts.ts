/**
 * The page's own keys: all with Ctrl+Alt+Shift, everywhere, also while the keyboard goes to the host. None is a letter
 * alone: what is typed in the belief that it reaches the host, or in the moment in which control is lost, must do
 * nothing here.
 */
import { hasModifiers, letterOf, type Press } from '../ui/key-press.js';
import type { Controller } from './controller.js';

export interface Shortcut {
  /** Letters as on the keyboard in use; several mean several choices. */
  readonly keys: readonly string[];
  readonly help: ShortcutHelp;
  run(controller: Controller, key: string, place: ShortcutPlace): void;
}

/** Keys of the catalogue that say what a shortcut does. */
export type ShortcutHelp =
  | 'control'
  | 'whiteboard.on'
  | 'erase.hint'
  | 'undo.hint'
  | 'laser.on'
  | 'screenshot'
  | 'record'
  | 'marker.set'
  | 'chat.hint'
  | 'help.fullscreen'
  | 'help.quality'
  | 'help.view'
  | 'help.zoom'
  | 'help.toolbar'
  | 'help.screen'
  | 'help.help'
  | 'lab.hint';

/** What shortcuts need of the page around the controller. */
export interface ShortcutPlace {
  shownZoom(): number;
  toggleFullScreen(): void;
  focusToolbar(): void;
  focusScreen(): void;
  toggleChat(): void;
  toggleHelp(): void;
  toggleLab(): void;
}

const QUALITIES = { 1: 'very-low', 2: 'low', 3: 'medium', 4: 'high', 5: 'auto' } as const;

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['C'], help: 'control', run: (it) => it.toggleControl() },
  { keys: ['W'], help: 'whiteboard.on', run: (it) => it.toggleTool('whiteboard') },
  { keys: ['E'], help: 'erase.hint', run: (it) => it.erase() },
  { keys: ['Z'], help: 'undo.hint', run: (it) => it.undo() },
  { keys: ['L'], help: 'laser.on', run: (it) => it.toggleTool('laser') },
  { keys: ['S'], help: 'screenshot', run: (it) => void it.screenshot() },
  { keys: ['R'], help: 'record', run: (it) => it.toggleRecording() },
  { keys: ['K'], help: 'marker.set', run: (it) => it.beginMarker() },
  { keys: ['M'], help: 'chat.hint', run: (_, __, place) => place.toggleChat() },
  { keys: ['F'], help: 'help.fullscreen', run: (_, __, place) => place.toggleFullScreen() },
  {
    keys: ['1', '2', '3', '4', '5'],
    help: 'help.quality',
    run: (it, key) => it.setQuality(QUALITIES[key as unknown as keyof typeof QUALITIES]),
  },
  {
    keys: ['7', '8', '9'],
    help: 'help.view',
    run: (it, key) =>
      it.setView({
        mode: key === '7' ? 'fit' : key === '8' ? 'actual' : 'stretch',
        zoom: it.state.view.zoom,
      }),
  },
  {
    keys: ['+', '-'],
    help: 'help.zoom',
    run: (it, key, place) => it.stepZoom(key === '+' ? 1 : -1, place.shownZoom()),
  },
  { keys: ['T'], help: 'help.toolbar', run: (_, __, place) => place.focusToolbar() },
  { keys: ['V'], help: 'help.screen', run: (_, __, place) => place.focusScreen() },
  { keys: ['G'], help: 'lab.hint', run: (_, __, place) => place.toggleLab() },
  { keys: ['H'], help: 'help.help', run: (_, __, place) => place.toggleHelp() },
];

/** The shortcut of a key press; undefined without the modifiers. */
export function shortcutOf(press: Press): { shortcut: Shortcut; key: string } | undefined {
  if (!hasModifiers(press)) return undefined;
  const key = letterOf(press);
  const shortcut = SHORTCUTS.find((one) => one.keys.includes(key));
  return shortcut === undefined ? undefined : { shortcut, key };
}
