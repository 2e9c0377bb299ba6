/**
 * What a key press becomes on the wire: text, a physical key, or nothing. A key that makes text is left to the
 * browser, which reports the text once (dead keys, AltGr and input methods included); every other key goes by
 * its physical code. So nothing is typed twice.
 */

/** The parts of a KeyboardEvent that count. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  getModifierState(name: string): boolean;
}

export type KeyMeaning = 'text' | 'key' | 'ignore';

export function meaningOf(press: KeyPress): KeyMeaning {
  // 229-like presses belong to an input method or a dead key: their text follows as an input event.
  if (press.isComposing || press.key === 'Dead' || press.key === 'Process' || press.key === 'Unidentified') {
    return press.code !== '' && press.key === 'Unidentified' ? 'key' : 'text';
  }
  if (makesText(press)) return 'text';
  return isWireCode(codeOf(press)) ? 'key' : 'ignore';
}

function makesText(press: KeyPress): boolean {
  // One character, however many UTF-16 units; names such as "Enter" are longer.
  if ([...press.key].length !== 1) return false;
  // AltGr is Ctrl+Alt on Windows and still makes text; Alt alone makes text on a Mac only through dead keys.
  if (press.getModifierState('AltGraph')) return true;
  return !press.ctrlKey && !press.metaKey && !press.altKey;
}

/** Keys that Windows and some layouts report only when they go down, or that switch something at each report. */
const TAPS: ReadonlySet<string> = new Set([
  'Alphanumeric',
  'Eisu',
  'HangulMode',
  'Hankaku',
  'HanjaMode',
  'Hiragana',
  'HiraganaKatakana',
  'JunjaMode',
  'KanaMode',
  'KanjiMode',
  'Katakana',
  'Romaji',
  'Zenkaku',
  'ZenkakuHankaku',
]);

/** Whether a press is a whole stroke, since no release may follow. macOS reports one half of CapsLock at a time. */
export function isTap({ key, code }: Pick<KeyPress, 'key' | 'code'>, isMac: boolean): boolean {
  return TAPS.has(key) || TAPS.has(code) || (isMac && code === 'CapsLock');
}

/** Whether a press asks the browser to paste: Ctrl+V, Shift+Insert, Command+V, with Shift for plain text. */
export function isPaste(press: KeyPress, isMac: boolean): boolean {
  if (press.altKey || press.getModifierState('AltGraph')) return false;
  if (press.code === 'Insert' || press.key === 'Insert') {
    return press.shiftKey && !press.ctrlKey && !press.metaKey;
  }
  const isV = /^v$/i.test(press.key) || (press.code === 'KeyV' && !/^[a-z]$/i.test(press.key));
  // A Mac's own Ctrl+V pastes nothing: it is meant for the host.
  return isV && press.ctrlKey !== press.metaKey && (press.metaKey || !isMac);
}

/** Whether a ControlLeft is only the half of AltGr that Windows makes up, in the same moment. */
export function isPhantomControl(
  control: Pick<KeyboardEvent, 'timeStamp'>,
  altGr: Pick<KeyboardEvent, 'code' | 'timeStamp'>,
  within: number,
): boolean {
  return altGr.code === 'AltRight' && altGr.timeStamp - control.timeStamp <= within;
}

/** Codes by the key's name, for virtual keyboards, which have no physical code. */
const CODE_OF_KEY: Readonly<Record<string, string>> = {
  Enter: 'Enter',
  Backspace: 'Backspace',
  Delete: 'Delete',
  Tab: 'Tab',
  Escape: 'Escape',
  ArrowLeft: 'ArrowLeft',
  ArrowRight: 'ArrowRight',
  ArrowUp: 'ArrowUp',
  ArrowDown: 'ArrowDown',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
};

export function codeOf(press: Pick<KeyPress, 'key' | 'code'>): string {
  return press.code === '' ? (CODE_OF_KEY[press.key] ?? '') : press.code;
}

/** W3C codes are ASCII letters and digits, 32 at most on the wire. */
function isWireCode(code: string): boolean {
  return /^[A-Za-z0-9]{1,32}$/.test(code) && code !== 'Unidentified';
}

/** Characters that have a key of their own on the keyboard that codes are named after. */
const CODE_OF_CHARACTER: Readonly<Record<string, string>> = {
  ' ': 'Space',
  '-': 'Minus',
  '=': 'Equal',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
  ';': 'Semicolon',
  "'": 'Quote',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  '`': 'Backquote',
};

/** The key that makes a character, for a keyboard on the screen, which knows no keys. */
export function codeOfCharacter(character: string): string | undefined {
  if (/^[a-z]$/i.test(character)) return `Key${character.toUpperCase()}`;
  return /^[0-9]$/.test(character) ? `Digit${character}` : CODE_OF_CHARACTER[character];
}

/** The key that an input event of a virtual keyboard stands for, if any. */
export function codeOfInputType(inputType: string): string | undefined {
  switch (inputType) {
    case 'deleteContentBackward':
    case 'deleteWordBackward':
      return 'Backspace';
    case 'deleteContentForward':
    case 'deleteWordForward':
      return 'Delete';
    case 'insertLineBreak':
    case 'insertParagraph':
      return 'Enter';
    default:
      return undefined;
  }
}

/** Splits text into pieces of at most `limit` UTF-8 bytes, never inside a character. */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const size = utf8Length(character);
    if (bytes + size > limit) {
      pieces.push(piece);
      piece = '';
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
