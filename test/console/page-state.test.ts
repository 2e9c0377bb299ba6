import { describe, expect, it } from 'vitest';
import type { ViewerState } from '../../engine/viewer/index.js';
import { catalogues } from '../../harness/console/messages.js';
import { playerKeyOf } from '../../harness/console/recordings/keys.js';
import { SHORTCUTS, shortcutOf } from '../../harness/console/session/shortcuts.js';
import {
  afterNews,
  type ConsoleState,
  hasControl,
  INITIAL_STATE,
  lampOf,
  noticeOf,
  reachesHost,
} from '../../harness/console/session/state.js';
import { readOptions, withTab } from '../../harness/console/shell/address.js';
import { fitInto, TIGHTEST } from '../../harness/console/ui/fold.js';
import { placeholdersOf } from '../../harness/messages/index.js';

const JOINED: Partial<ViewerState> = { connection: { kind: 'joined' }, viewer: 3, host: 'present' };

function told(...changes: Partial<ViewerState>[]): ConsoleState {
  let state = INITIAL_STATE;
  for (const change of changes) {
    state = afterNews(state, { kind: 'viewer', viewer: { ...state.viewer, ...change } });
  }
  return state;
}

const seen = (state: ConsoleState) => afterNews(state, { kind: 'frame', frame: 1, level: 3 });

describe('the catalogues', () => {
  it('have the same sentences with the same values, none empty', () => {
    const { en, fr } = catalogues;
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(fr[key].trim(), key).not.toBe('');
      expect(placeholdersOf(fr[key]), key).toEqual(placeholdersOf(en[key]));
    }
  });
});

describe('what covers the picture', () => {
  it('is nothing while the host is here and a picture was seen', () => {
    expect(noticeOf(told(JOINED))).toBe('waiting');
    expect(noticeOf(seen(told(JOINED)))).toBeUndefined();
    expect(lampOf(seen(told(JOINED)))).toBe('open');
  });

  it('is nothing while the relay or the host is only quiet, which the lamp shows', () => {
    for (const quiet of [{ link: 'quiet' }, { hostQuiet: true }] as const) {
      expect(noticeOf(seen(told(JOINED, quiet)))).toBeUndefined();
      expect(lampOf(seen(told(JOINED, quiet)))).toBe('quiet');
    }
  });

  it('says that the host is away, or gone', () => {
    expect(noticeOf(seen(told(JOINED, { host: 'away' })))).toBe('away');
    expect(noticeOf(seen(told(JOINED, { host: 'ended' })))).toBe('ended');
    expect(noticeOf(told(JOINED, { connection: { kind: 'ended', code: 'session-ended', reason: '' } }))).toBe(
      'ended',
    );
  });

  it('says that a link is lost, and goes on saying why a join failed while the next is tried', () => {
    const waiting = { kind: 'waiting', attempt: 1, retryAt: 0, reason: '' } as const;
    expect(noticeOf(told({ connection: { ...waiting, code: 'closed' } }))).toBe('connecting');
    expect(noticeOf(seen(told(JOINED, { connection: { ...waiting, code: 'closed' } })))).toBe('lost');
    const unknown = told(
      { connection: { ...waiting, code: 'not-found' } },
      { connection: { kind: 'connecting', attempt: 1 } },
    );
    expect(noticeOf(unknown)).toBe('not-found');
    expect(lampOf(unknown)).toBe('connecting');
  });

  it('says what cannot be mended by waiting', () => {
    expect(noticeOf(afterNews(INITIAL_STATE, { kind: 'incomplete' }))).toBe('incomplete');
    expect(noticeOf(afterNews(INITIAL_STATE, { kind: 'fault', code: 'internal', message: 'x' }))).toBe(
      'fault',
    );
    const ended = (code: string) => told({ connection: { kind: 'ended', code, reason: 'because' } });
    expect(noticeOf(ended('unsupported-version'))).toBe('version');
    expect(noticeOf(ended('unauthorised'))).toBe('refused');
  });
});

describe('who controls', () => {
  it('is this technician only while joined and named by the relay', () => {
    expect(hasControl(told(JOINED))).toBe(false);
    expect(hasControl(told(JOINED, { controller: 4 }))).toBe(false);
    expect(hasControl(told(JOINED, { controller: 3 }))).toBe(true);
    expect(hasControl(told(JOINED, { controller: 3, connection: { kind: 'connecting', attempt: 1 } }))).toBe(
      false,
    );
  });

  it('reaches the host only with no tool on and the host here', () => {
    expect(reachesHost(told(JOINED, { controller: 3 }))).toBe(true);
    expect(reachesHost(told(JOINED, { controller: 3, tool: 'laser' }))).toBe(false);
    expect(reachesHost(told(JOINED, { controller: 3, host: 'away' }))).toBe(false);
  });
});

describe('the page’s own keys', () => {
  const chord = { ctrlKey: true, altKey: true, shiftKey: true, metaKey: false };

  it('are all different and all explained', () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { help } of SHORTCUTS) expect(catalogues.en[help]).toBeTruthy();
  });

  it('are found by the letter in use, by the place where the letter is changed, and on the number pad', () => {
    expect(shortcutOf({ ...chord, key: 'W', code: 'KeyZ' })?.key).toBe('W');
    expect(shortcutOf({ ...chord, key: 'Ł', code: 'KeyL' })?.key).toBe('L');
    expect(shortcutOf({ ...chord, key: '&', code: 'Digit1' })?.key).toBe('1');
    expect(shortcutOf({ ...chord, key: '+', code: 'NumpadAdd' })?.key).toBe('+');
    expect(shortcutOf({ ...chord, key: 'X', code: 'KeyX' })).toBeUndefined();
  });

  it('are nothing without all three modifiers', () => {
    for (const { keys } of SHORTCUTS) {
      for (const key of keys) {
        for (let held = 0; held < 7; held++) {
          const press = { ctrlKey: (held & 1) > 0, altKey: (held & 2) > 0, shiftKey: (held & 4) > 0 };
          expect(shortcutOf({ ...press, metaKey: false, key, code: '' })).toBeUndefined();
        }
        expect(shortcutOf({ ...chord, metaKey: true, key, code: '' })).toBeUndefined();
      }
    }
  });

  it('save nothing from the player without them either', () => {
    const alone = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
    const saves = (press: Parameters<typeof playerKeyOf>[0]) => playerKeyOf(press)?.meaning.help;
    for (const key of 'abcdefghijklmnopqrstuvwxyz') {
      expect(saves({ ...alone, key, code: '' })).not.toBe('screenshot');
    }
    expect(saves({ ...chord, key: 'S', code: 'KeyS' })).toBe('screenshot');
    expect(saves({ ...chord, key: 'K', code: 'KeyK' })).toBeUndefined();
    expect(saves({ ...alone, key: ' ', code: 'Space' })).toBe('player.play');
  });
});

describe('a bar', () => {
  /** Buttons of 10 with words of 30, in a bar of `width`. */
  function bar(width: number, names: readonly string[]) {
    let step = 0;
    let out: readonly string[] = [];
    const folded = fitInto(
      {
        fits: () => (names.length - out.length) * (10 + (30 * (TIGHTEST - step)) / TIGHTEST) <= width,
        tighten: (next) => {
          step = next;
        },
        fold: (next) => {
          out = next;
        },
      },
      names,
    );
    return { folded, step, out };
  }

  it('does without words first, and then without the buttons that may go first', () => {
    const names = ['a', 'b', 'c', 'd'];
    expect(bar(160, names)).toEqual({ folded: [], step: 0, out: [] });
    expect(bar(159, names)).toMatchObject({ folded: [], step: 1 });
    expect(bar(40, names)).toMatchObject({ folded: [], step: TIGHTEST });
    expect(bar(39, names)).toEqual({ folded: ['a'], step: TIGHTEST, out: ['a'] });
    expect(bar(15, names).out).toEqual(['a', 'b', 'c']);
    expect(bar(1, names).out).toEqual(names);
  });
});

describe('the page’s address', () => {
  it('may choose language, name and tab', () => {
    expect(readOptions('?lang=fr&name=%20Ada%20')).toEqual({ lang: 'fr', name: 'Ada', tab: 'session' });
    expect(readOptions('?tab=recordings')).toEqual({ lang: null, name: null, tab: 'recordings' });
    expect(readOptions(`?name=${'x'.repeat(200)}`).name).toHaveLength(60);
  });

  it('keeps everything else when the tab changes', () => {
    const address = 'https://relay.test/?lang=fr#token';
    const other = withTab(address, 'recordings');
    expect(other).toBe('https://relay.test/?lang=fr&tab=recordings#token');
    expect(withTab(other, 'session')).toBe(address);
  });
});
