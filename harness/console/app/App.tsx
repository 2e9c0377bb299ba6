/** The session's tab: toolbar, screen, strip. */
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { LabPanel } from '../lab/LabPanel.js';
import type { Placement } from '../view/mapping.js';
import { ChatPane } from './ChatPane.js';
import { CodecPanel } from './CodecPanel.js';
import { ControlRequest } from './ControlRequest.js';
import { type Controller, now } from './controller.js';
import { KeysRow } from './KeysRow.js';
import { useKeysRow } from './keys-row.js';
import { Notice } from './Notice.js';
import { HelpPanel, PeoplePanel } from './Panels.js';
import { RecordedCard } from './RecordedCard.js';
import { Stage } from './Stage.js';
import { StatusStrip } from './StatusStrip.js';
import { isUndo, type ShortcutPlace, shortcutOf } from './shortcuts.js';
import { askersOf, asksBeforeClosing, type PanelName, reachesHost } from './state.js';
import { Toast, useWatched } from './Toast.js';
import { Toolbar } from './Toolbar.js';

export interface AppProps {
  readonly controller: Controller;
  /** Whether the session is what the page shows now. */
  readonly active: boolean;
  readonly tabs: ComponentChildren;
  onCanvases(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void;
}

export function App({ controller, active, tabs, onCanvases }: AppProps) {
  const { say } = controller;
  const state = useWatched(controller);
  const { panel } = state;
  const placement = useRef<Placement>({ width: 1, height: 1, scaleX: 1, scaleY: 1 });

  const asking = askersOf(state).length;
  const { keys, typing, showKeyboard } = useKeysRow(controller);
  const hasRow = state.keys && reachesHost(state);

  useEffect(() => {
    if (!active) return;
    const name = state.viewer.hostName;
    const title = name === '' ? say('title') : say('title.session', { host: name });
    // What waits for an answer is seen in the browser's tabs, too.
    const waiting = state.chat.unread + asking;
    document.title = waiting === 0 ? title : `(${waiting}) ${title}`;
  }, [active, state.viewer.hostName, state.chat.unread, asking]);

  // What was open is open again; the keyboard is where a new page has it.
  useEffect(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, []);

  const showView = useCallback(() => {
    const { scaleX, scaleY } = placement.current;
    controller.showAt(Math.max(scaleX, scaleY), !document.hidden);
  }, [controller]);

  const showChat = (open: boolean) => {
    if (!open && document.querySelector('#chat-pane')?.contains(document.activeElement)) place.focusScreen();
    controller.setChat(open);
  };

  const place: ShortcutPlace = {
    shownZoom: () => placement.current.scaleX * 100,
    toggleFullScreen,
    focusToolbar,
    focusScreen: () => document.querySelector<HTMLElement>('#keyboard')?.focus(),
    toggleChat: () => {
      // A chat that is open and not in use is gone to, not closed.
      const field = document.querySelector<HTMLElement>('#chat-field');
      const goes = controller.state.chat.open && document.activeElement !== field;
      if (goes) field?.focus();
      else showChat(!controller.state.chat.open);
    },
    toggleLab: () => controller.togglePanel('lab'),
    toggleHelp: () => controller.togglePanel('help'),
  };

  /** What one of the page's own keys does; `alone`: Escape is the page's too, since it does not reach the host. */
  const onKey = (event: KeyboardEvent, alone: boolean): (() => void) | undefined => {
    if (event.key === 'Escape' && alone && (controller.state.tool !== 'none' || panel !== undefined)) {
      return () => (panel === undefined ? controller.setTool('none') : controller.setPanel(undefined));
    }
    // The one key that everybody knows: it goes nowhere else while one draws.
    if (alone && controller.state.tool === 'whiteboard' && isUndo(event)) return () => controller.undo();
    const found = shortcutOf(event);
    if (found === undefined) return undefined;
    return () => !event.repeat && found.shortcut.run(controller, found.key, place);
  };

  useEffect(() => {
    const stop = new AbortController();
    const on = { signal: stop.signal };
    document.addEventListener('visibilitychange', showView, on);
    document.addEventListener(
      'fullscreenchange',
      () => {
        controller.setFullScreen(document.fullscreenElement !== null);
        place.focusScreen();
      },
      on,
    );
    window.addEventListener('pagehide', () => controller.leave(), on);
    // A page that the browser kept and shows again has left the session meanwhile.
    window.addEventListener('pageshow', (event) => event.persisted && controller.retry(), on);
    window.addEventListener(
      'beforeunload',
      (event) => asksBeforeClosing(controller.state) && event.preventDefault(),
      on,
    );
    return () => stop.abort();
  }, [controller, showView]);

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const run = active && !event.defaultPrevented ? onKey(event, false) : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  });

  const showPanel = (next: PanelName) => {
    if (next === undefined && panel !== undefined) document.querySelector<HTMLElement>(`#${panel}`)?.focus();
    controller.setPanel(next);
  };
  return (
    <div class={`app ${state.fullScreen ? 'full' : ''}`}>
      <Toolbar
        controller={controller}
        state={state}
        tabs={tabs}
        shownZoom={place.shownZoom}
        onPanel={showPanel}
        onChat={showChat}
        onFullScreen={toggleFullScreen}
      />
      <div class="work">
        <div class="middle">
          <Stage
            controller={controller}
            state={state}
            typing={typing}
            onInput={(action, at) => keys.pass(action, at)}
            onLetGo={() => keys.releaseAll(now())}
            onCanvases={onCanvases}
            onPlacement={(next) => {
              placement.current = next;
              showView();
            }}
            onKey={(event) => onKey(event, !reachesHost(controller.state))}
          />
          <Notice controller={controller} state={state} />
          {panel === 'people' && (
            <PeoplePanel controller={controller} state={state} onClose={() => showPanel(undefined)} />
          )}
          {panel === 'help' && <HelpPanel say={say} onClose={() => showPanel(undefined)} />}
          {panel === 'details' && <CodecPanel say={say} state={state} onClose={() => showPanel(undefined)} />}
          {panel === 'lab' && (
            <LabPanel controller={controller} state={state} onClose={() => showPanel(undefined)} />
          )}
          <ControlRequest controller={controller} state={state} />
          {state.recorded !== undefined && <RecordedCard controller={controller} recorded={state.recorded} />}
          <Toast telling={controller} id="told" />
        </div>
        {hasRow && <KeysRow say={say} keys={keys} typing={typing} onTyping={showKeyboard} />}
        <ChatPane controller={controller} state={state} onClose={() => showChat(false)} />
      </div>
      <StatusStrip controller={controller} state={state} onPanel={showPanel} />
    </div>
  );
}

/** The first button of the bar that is seen: which of them are follows the window's width. */
function focusToolbar(): void {
  const buttons = document.querySelectorAll<HTMLElement>('#toolbar .item button:not(:disabled)');
  [...buttons].find((button) => button.offsetWidth > 0)?.focus();
}

export function toggleFullScreen(): void {
  // A browser may refuse (an embedded page, a policy): then nothing happens, as the button shows.
  if (document.fullscreenElement === null)
    document.documentElement.requestFullscreen().catch(() => undefined);
  else document.exitFullscreen().catch(() => undefined);
}
