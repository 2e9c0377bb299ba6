/** What the keyboard, the clipboard and the mouse's side buttons come to at the host, whatever a browser leaves out. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bench, setUpBench } from './support/hooks.js';
import { eventually, onPage, openLive, takeControl } from './support/page.js';

setUpBench();

/** What the host was told by the keyboard, in order: `+KeyA`, `-KeyA`, `"text"`. */
function told(): string[] {
  return bench.inputs.flatMap((event) => {
    if (event.kind === 'key') return `${event.down ? '+' : '-'}${event.code}`;
    return event.kind === 'text' ? `"${event.text}"` : [];
  });
}

/** Waits until the host was told `end`, and says all that it was told. */
async function until(end: string): Promise<string[]> {
  await eventually(() => told().includes(end));
  return told();
}

function held(): string[] {
  const down = new Set<string>();
  for (const word of told()) {
    if (word.startsWith('+')) down.add(word.slice(1));
    if (word.startsWith('-')) down.delete(word.slice(1));
  }
  return [...down];
}

/** The parts of a `KeyboardEventInit` that count, as plain data. */
interface PressInit {
  readonly key?: string;
  readonly code?: string;
  readonly ctrlKey?: boolean;
  readonly altKey?: boolean;
  readonly shiftKey?: boolean;
  readonly metaKey?: boolean;
  readonly repeat?: boolean;
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
}

type Press = readonly [type: string, init: PressInit];

/** Events as a browser of another system reports them. */
async function report(page: Page, ...presses: Press[]): Promise<void> {
  await page.evaluate((list: readonly Press[]) => {
    for (const [type, init] of list) {
      const event = type === 'blur' ? new FocusEvent('blur') : new KeyboardEvent(type, init);
      document.activeElement!.dispatchEvent(event);
    }
  }, presses);
}

const key = (type: string, code: string, init: PressInit = {}): Press => [
  type,
  { code, key: code.replace(/^Key|Left$|Right$/g, ''), bubbles: true, cancelable: true, ...init },
];

async function controlled(...how: Parameters<typeof openLive>): Promise<Page> {
  const page = await openLive(...how);
  await takeControl(page);
  bench.inputs.length = 0;
  return page;
}

describe('the page’s own keys', () => {
  it.each(['KeyW', 'KeyC', 'KeyL', 'KeyH'])('let go of what the host holds first: %s', async (code) => {
    const page = await controlled();
    for (const modifier of ['Control', 'Alt', 'Shift']) await page.keyboard.down(modifier);
    await page.keyboard.press(code);
    await until('-ControlLeft');
    for (const modifier of ['Shift', 'Alt', 'Control']) await page.keyboard.up(modifier);
    expect(held()).toEqual([]);
    expect(told()).toEqual([
      '+ControlLeft',
      '+AltLeft',
      '+ShiftLeft',
      '-ShiftLeft',
      '-AltLeft',
      '-ControlLeft',
    ]);
    // The page did so itself, before its own key had a say.
    expect(bench.inputs.every(({ sequence }) => sequence > 0)).toBe(true);
  });
});

describe('a key does not stay down', () => {
  it('that is reported after the focus has left', async () => {
    const page = await controlled();
    await report(
      page,
      ['blur', {}],
      key('keydown', 'ControlLeft', { key: 'Control', ctrlKey: true }),
      key('keydown', 'KeyT', { key: 't', ctrlKey: true }),
    );
    await page.keyboard.type('x');
    await page.keyboard.press('Enter');
    expect(await until('-Enter')).toEqual(['"x"', '+Enter', '-Enter']);
  });

  it('when another event says that it is up, of the keyboard or of the pointer', async () => {
    const page = await controlled();
    await report(
      page,
      key('keydown', 'ControlLeft', { key: 'Control', ctrlKey: true }),
      key('keydown', 'KeyT', { key: 't', ctrlKey: true }),
    );
    await until('+KeyT');
    await page.keyboard.type('x');
    expect(await until('"x"')).toEqual(['+ControlLeft', '+KeyT', '-KeyT', '-ControlLeft', '"x"']);
    await report(page, key('keydown', 'AltLeft', { key: 'Alt', altKey: true }));
    const at = await onPage(page, 30, 30);
    await page.mouse.move(at.x, at.y);
    await until('-AltLeft');
    expect(held()).toEqual([]);
  });

  it('where Windows tells of one release for both Shifts', async () => {
    const page = await controlled();
    await report(
      page,
      key('keydown', 'ShiftLeft', { key: 'Shift', shiftKey: true }),
      key('keydown', 'ShiftRight', { key: 'Shift', shiftKey: true }),
      key('keyup', 'ShiftRight', { key: 'Shift' }),
    );
    await until('-ShiftLeft');
    expect(held()).toEqual([]);
  });

  it('of which Windows tells only the press, or only the release', async () => {
    const page = await controlled();
    await report(
      page,
      key('keydown', 'KanaMode'),
      key('keydown', 'Backquote', { key: 'Hankaku' }),
      key('keyup', 'PrintScreen'),
    );
    expect(await until('-PrintScreen')).toEqual(
      ['KanaMode', 'Backquote', 'PrintScreen'].flatMap((code) => [`+${code}`, `-${code}`]),
    );
  });

  it('that is AltGr, which Windows reports as ControlLeft and AltRight', async () => {
    const page = await controlled();
    const both = { ctrlKey: true, altKey: true };
    await report(
      page,
      key('keydown', 'ControlLeft', { key: 'Control', ctrlKey: true }),
      key('keydown', 'AltRight', { key: 'AltGraph', ...both }),
      key('keydown', 'ControlLeft', { key: 'Control', ...both, repeat: true }),
      key('keydown', 'AltRight', { key: 'AltGraph', ...both, repeat: true }),
    );
    await page.keyboard.insertText('@');
    await report(
      page,
      key('keyup', 'ControlLeft', { key: 'Control', altKey: true }),
      key('keyup', 'AltRight', { key: 'AltGraph' }),
    );
    await page.keyboard.press('Control+KeyC');
    expect(await until('-ControlLeft')).toEqual(['"@"', '+ControlLeft', '+KeyC', '-KeyC', '-ControlLeft']);
  });
});

describe('what is pasted', () => {
  const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] };
  const copy = (page: Page, text: string) =>
    page.evaluate((words) => navigator.clipboard.writeText(words), text);

  it.each(['Control+KeyV', 'Shift+Insert', 'Control+Shift+KeyV'])(
    'by %s arrives as text, with no key beside it',
    async (keys) => {
      const page = await controlled(undefined, clipboard);
      await copy(page, 'Grüße, 日本\nzweite Zeile');
      await page.keyboard.press(keys);
      await until('"Grüße, 日本\nzweite Zeile"');
      await page.keyboard.press('Enter');
      await until('-Enter');
      expect(held()).toEqual([]);
      expect(told().filter((word) => /KeyV|Insert/.test(word))).toEqual([]);
      expect(await page.inputValue('#keyboard')).toBe('');
    },
  );

  it('leaves Ctrl down for the key that follows it', async () => {
    const page = await controlled(undefined, clipboard);
    await copy(page, 'one');
    await page.keyboard.down('Control');
    await page.keyboard.press('KeyV');
    await until('"one"');
    await page.keyboard.press('KeyA');
    await page.keyboard.up('Control');
    const list = await until('-KeyA');
    expect(list.slice(list.indexOf('"one"') + 1).slice(0, 3)).toEqual(['+ControlLeft', '+KeyA', '-KeyA']);
    await eventually(() => held().length === 0);
  });

  it('by Command+V, or from the browser’s menu, is text, too', async () => {
    const page = await controlled();
    await report(
      page,
      key('keydown', 'MetaLeft', { key: 'Meta', metaKey: true }),
      key('keydown', 'KeyV', { key: 'v', metaKey: true }),
    );
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'from the menu');
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(paste);
    });
    expect(await until('"from the menu"')).toEqual(['+MetaLeft', '-MetaLeft', '"from the menu"']);
  });

  it('is long: all of it comes, in order, with what is typed meanwhile behind it', async () => {
    const page = await controlled(undefined, clipboard);
    // Nobody needs to see it drawn.
    bench.desktop.input = (event) => bench.inputs.push(event);
    const long = Array.from({ length: 20_000 }, (_, index) => `${index}`).join(' ');
    await copy(page, long);
    await page.keyboard.press('Control+KeyV');
    await page.keyboard.type('end');
    await page.keyboard.press('Enter');
    await until('-Enter');
    const text = bench.inputs.flatMap((event) => (event.kind === 'text' ? event.text : [])).join('');
    expect(text).toBe(`${long}end`);
    expect(bench.relay.relay.counters.dropped.rate).toBe(0);
  });

  it('is refused in words where it is too long, or no text', async () => {
    const page = await controlled(undefined, clipboard);
    await copy(page, 'x'.repeat(300_000));
    await page.keyboard.press('Control+KeyV');
    await expect.poll(() => page.textContent('#told')).toMatch(/too long to paste/);
    await copy(page, '');
    await page.keyboard.press('Control+KeyV');
    await page.keyboard.press('Enter');
    expect((await until('-Enter')).join('')).not.toContain('x');
  });
});

describe('what is typed while the control has just been lost', () => {
  it('goes nowhere, and the page says so', async () => {
    const page = await controlled();
    await page.keyboard.type('secret ');
    await until('" "');
    bench.unplugHost(true);
    await page.waitForFunction(() => window.sightline.state.viewer.host === 'away');
    await page.keyboard.type('words r s w c 41');
    const state = await page.evaluate(() => window.sightline.state);
    expect(state.recording.active).toBe(false);
    expect(state.tool).toBe('none');
    expect(state.quality).toBe('auto');
    expect(state.viewer.controlWanted).toBe(true);
    await expect.poll(() => page.textContent('#told')).toMatch(/does not get your keys/);
    expect(told().join('')).toBe('"s""e""c""r""e""t"" "');
  });
});

describe('the mouse’s side buttons', () => {
  it('are the host’s, and do not leave the page', async () => {
    const page = await controlled();
    await page.evaluate(() => history.pushState({}, '', location.href));
    const mouse = await page.context().newCDPSession(page);
    const at = await onPage(page, 40, 40);
    for (const [button, buttons] of [
      ['back', 8],
      ['forward', 16],
    ] as const) {
      const place = { ...at, button, clickCount: 1 };
      await mouse.send('Input.dispatchMouseEvent', { type: 'mousePressed', buttons, ...place });
      await mouse.send('Input.dispatchMouseEvent', { type: 'mouseReleased', buttons: 0, ...place });
      await eventually(() => bench.inputs.find((one) => one.kind === 'pointer' && one.buttons === buttons));
    }
    await eventually(() => {
      const last = bench.inputs.findLast((one) => one.kind === 'pointer');
      return last?.kind === 'pointer' && last.buttons === 0;
    });
    expect(await page.evaluate(() => window.sightline.state.viewer.controlWanted)).toBe(true);
  });
});
