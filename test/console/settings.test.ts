import { describe, expect, it } from 'vitest';
import { sayIn } from '../../harness/console/messages.js';
import { Controller } from '../../harness/console/session/controller.js';
import type { ToWorker } from '../../harness/console/session/worker-api.js';
import { type Settings, SettingsKeeper } from '../../harness/console/settings/settings.js';

/** A browser's storage in memory. */
function storage(first?: string) {
  let kept = first ?? null;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
}

describe('what a person has set', () => {
  it('is found again, whichever of several pages has set it', () => {
    const shared = storage();
    const [one, other] = [new SettingsKeeper(() => shared), new SettingsKeeper(() => shared)];
    expect(one.read()).toEqual({});
    one.keep({ name: 'Ada', quality: 'low' });
    other.keep({ view: { mode: 'zoom', zoom: 150 }, quality: 'high' });
    expect(one.read()).toEqual({ name: 'Ada', quality: 'high', view: { mode: 'zoom', zoom: 150 } });
  });

  it('is nothing where the browser keeps nothing, or says no to each call', () => {
    const denied = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    for (const broken of [denied, () => ({ getItem: denied, setItem: denied })]) {
      const keeper = new SettingsKeeper(broken);
      expect(() => keeper.keep({ chat: true })).not.toThrow();
      expect(keeper.read()).toEqual({});
    }
  });

  it('is what can be understood of what is kept, each part by itself', () => {
    const read = (kept: unknown) => new SettingsKeeper(() => storage(JSON.stringify(kept))).read();
    expect(read({ name: 'x'.repeat(500), quality: 'low' })).toEqual({ quality: 'low' });
    expect(read({ name: '  ', locale: 'de', view: { mode: 'fit' }, chat: 1, panel: 'help' })).toEqual({});
    expect(read({ view: { mode: 'zoom', zoom: 1e9 }, chat: true, future: 1 })).toEqual({ chat: true });
    for (const kept of [null, 7, 'x', []]) expect(read(kept)).toEqual({});
    expect(new SettingsKeeper(() => storage('{')).read()).toEqual({});
  });
});

describe('the controller', () => {
  function start() {
    const kept: Settings[] = [];
    const sent: ToWorker[] = [];
    const controller = new Controller(sayIn('en'), { asksName: true }, { keep: (some) => kept.push(some) });
    controller.connect({ postMessage: (message) => sent.push(message) });
    return { controller, kept, sent };
  }

  it('keeps quality, view, panes, language and name, and neither control nor tools', () => {
    const { controller, kept } = start();
    controller.toggleControl();
    controller.toggleTool('laser');
    controller.setPanel('help');
    expect(kept).toEqual([]);
    controller.setQuality('low');
    controller.stepZoom(1, 100);
    controller.setChat(true);
    controller.togglePanel('lab');
    controller.togglePanel('lab');
    controller.setLocale('fr');
    expect(kept).toEqual([
      { quality: 'low' },
      { view: { mode: 'zoom', zoom: 110 } },
      { chat: true },
      { panel: 'lab' },
      { panel: 'none' },
      { locale: 'fr' },
    ]);
  });

  it('asks for a name once: what is given is kept and told, and no answer is one too', () => {
    const { controller, kept, sent } = start();
    controller.setName('   ');
    expect(controller.state.asksName).toBe(true);
    controller.setName(' Ada Lovelace ');
    expect(controller.state).toMatchObject({ asksName: false, name: 'Ada Lovelace' });
    expect(kept).toEqual([{ name: 'Ada Lovelace' }]);
    expect(sent).toEqual([{ kind: 'name', name: 'Ada Lovelace' }]);
    const other = start();
    other.controller.leaveNameOpen();
    expect(other.controller.state.asksName).toBe(false);
    expect(other.kept).toEqual([]);
  });
});
