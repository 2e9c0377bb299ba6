/**
 * The player's keys: those that players on the web have in common. They only change what is seen. What saves something
 * needs the modifiers of the session's keys, which mean the same here.
 */
import { hasModifiers, letterOf } from '../ui/key-press.js';
import type { OpenPlayer } from './open-player.js';

export interface PlayerKey {
  /** As the browser names them. */
  readonly keys: readonly string[];
  /** As they are written in the list of keys. */
  readonly shown: readonly string[];
  /** The session's shortcut that does the same. */
  readonly chord?: string;
  readonly help: PlayerKeyHelp;
  run(player: OpenPlayer, key: string, place: KeyPlace): void;
}

export type PlayerKeyHelp =
  | 'player.play'
  | 'player.key.second'
  | 'player.key.ten'
  | 'player.key.step'
  | 'player.key.ends'
  | 'player.key.digits'
  | 'player.key.chapter'
  | 'player.key.speed'
  | 'player.overlays'
  | 'player.idle'
  | 'player.key.view'
  | 'screenshot'
  | 'player.chapters'
  | 'chat'
  | 'help.fullscreen'
  | 'help.help';

/** What keys need of the page around the player. */
export interface KeyPlace {
  toggleFullScreen(): void;
  screenshot(): void;
}

const SECOND = 1_000_000;

export const PLAYER_KEYS: readonly PlayerKey[] = [
  { keys: [' ', 'k'], shown: ['␣', 'K'], help: 'player.play', run: (it) => it.toggle() },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    shown: ['←', '→'],
    help: 'player.key.second',
    run: (it, key) => it.move(key === 'ArrowLeft' ? -5 * SECOND : 5 * SECOND),
  },
  {
    keys: ['j', 'l'],
    shown: ['J', 'L'],
    help: 'player.key.ten',
    run: (it, key) => it.move(key === 'j' ? -10 * SECOND : 10 * SECOND),
  },
  {
    keys: [',', '.'],
    shown: [',', '.'],
    help: 'player.key.step',
    run: (it, key) => it.step(key === ',' ? -1 : 1),
  },
  {
    keys: ['Home', 'End'],
    shown: ['Home', 'End'],
    help: 'player.key.ends',
    run: (it, key) => it.seek(key === 'Home' ? 0 : it.duration),
  },
  {
    keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    shown: ['0', '9'],
    help: 'player.key.digits',
    run: (it, key) => it.seek((it.duration * Number(key)) / 10),
  },
  {
    keys: ['[', ']', 'PageUp', 'PageDown'],
    shown: ['[', ']'],
    help: 'player.key.chapter',
    run: (it, key) => it.shiftChapter(key === '[' || key === 'PageUp' ? -1 : 1),
  },
  {
    keys: ['ArrowDown', 'ArrowUp', '-', '+'],
    shown: ['↓', '↑'],
    help: 'player.key.speed',
    run: (it, key) => it.shiftSpeed(key === 'ArrowDown' || key === '-' ? -1 : 1),
  },
  { keys: ['o'], shown: ['O'], help: 'player.overlays', run: (it) => it.toggleOverlays() },
  { keys: ['i'], shown: ['I'], help: 'player.idle', run: (it) => it.toggleIdle() },
  {
    keys: ['v'],
    shown: ['V'],
    help: 'player.key.view',
    run: (it) => it.setView(it.state.view === 'fit' ? 'actual' : 'fit'),
  },
  { keys: [], shown: [], chord: 'S', help: 'screenshot', run: (_, __, place) => place.screenshot() },
  { keys: ['c'], shown: ['C'], help: 'player.chapters', run: (it) => it.showPanel('chapters') },
  { keys: ['m'], shown: ['M'], chord: 'M', help: 'chat', run: (it) => it.toggleChat() },
  {
    keys: ['f'],
    shown: ['F'],
    chord: 'F',
    help: 'help.fullscreen',
    run: (_, __, place) => place.toggleFullScreen(),
  },
  { keys: ['h', '?'], shown: ['H'], chord: 'H', help: 'help.help', run: (it) => it.showPanel('help') },
];

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** What a press means to the player; undefined for keys of the browser's or of nobody. */
export function playerKeyOf(press: Press): { meaning: PlayerKey; key: string } | undefined {
  const isChord = hasModifiers(press);
  if (!isChord && (press.ctrlKey || press.altKey || press.metaKey)) return undefined;
  const key = isChord ? letterOf(press) : nameOf(press);
  const meaning = PLAYER_KEYS.find((one) => (isChord ? one.chord === key : one.keys.includes(key)));
  return meaning === undefined ? undefined : { meaning, key };
}

/** The letter or sign in the layout in use; digits by their place, since some layouts want Shift for them. */
function nameOf({ key, code }: Press): string {
  const digit = /^Digit(\d)$/.exec(code);
  if (digit !== null) return digit[1]!;
  return key.length === 1 ? key.toLowerCase() : key;
}
