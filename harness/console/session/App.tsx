/** The session's tab: toolbar, screen, strip. */
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { toggleFullScreen } from '../ui/full-screen.js';
import { isUndo } from '../ui/key-press.js';
import { Toast, useWatched } from '../ui/Toast.js';
import { ChatPane } from './ChatPane.js';
import { CodecPanel } from './CodecPanel.js';
import { ControlRequest } from './ControlRequest.js';
import { type Controller, now } from './controller.js';
import { KeysRow } from './KeysRow.js';
import { lockKeyboard, unlockKeyboard } from './keyboard-lock.js';
import { useKeysRow } from './keys-row.js';
import { LabPanel } from './lab/LabPanel.js';
import { Notice } from './Notice.js';
import { HelpPanel, PeoplePanel } from './Panels.js';
import { RecordedCard } from './RecordedCard.js';
import { Stage } from './Stage.js';
import { StatusStrip } from './StatusStrip.js';
import { type ShortcutPlace, shortcutOf } from './shortcuts.js';
import { askersOf, asksBeforeClosing, type PanelName, reachesHost } from './state.js';
import { Toolbar } from './Toolbar.js';
import type { Placement } from './view/mapping.js';

export interface AppProps {
  readonly controller: Controller;
  /** Whether the session is what the page shows now. */
  readonly active: boolean;
  readonly tabs: ComponentChildren;
  /** Shows the other tab. */
  onRecordings(): void;
  onCanvases(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void;
}

export function App({ controller, active, tabs, onRecordings, onCanvases }: AppProps) {
  const { say } = controller;
  const state = useWatched(controller);
  const { panel } = state;
  const placement = useRef<Placement>({ width: 1, height: 1, scaleX: 1, scaleY: 1 });

  const root = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLTextAreaElement>(null);
  const chatPane = useRef<HTMLElement>(null);
  const chatField = useRef<HTMLTextAreaElement>(null);

  const asking = askersOf(state).length;
  const { keys, typing, showKeyboard } = useKeysRow(controller, screen);
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
    if (!open && chatPane.current?.contains(document.activeElement)) place.focusScreen();
    controller.setChat(open);
  };

  const place: ShortcutPlace = {
    shownZoom: () => placement.current.scaleX * 100,
    toggleFullScreen,
    focusToolbar: () => focusToolbar(root.current!),
    focusScreen: () => screen.current?.focus(),
    toggleChat: () => {
      // A chat that is open and not in use is gone to, not closed.
      const field = chatField.current;
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

  // In full screen a browser that can leaves all keys to the page: Escape, Alt+Tab and Ctrl+W reach the host.
  const locks = active && state.fullScreen && reachesHost(state);
  useEffect(() => {
    if (!locks) return;
    let isOver = false;
    void lockKeyboard().then((isLocked) => {
      if (isLocked && !isOver) controller.tell(say('say.keys.locked'));
    });
    return () => {
      isOver = true;
      unlockKeyboard();
    };
  }, [locks]);

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
    if (next === undefined && panel !== undefined)
      root.current?.querySelector<HTMLElement>(`#${panel}`)?.focus();
    controller.setPanel(next);
  };
  return (
    <div class={`app ${state.fullScreen ? 'full' : ''}`} ref={root}>
      <Toolbar
        controller={controller}
        state={state}
        tabs={tabs}
        shownZoom={place.shownZoom}
        onPanel={showPanel}
        onChat={showChat}
        onFullScreen={toggleFullScreen}
        onScreen={place.focusScreen}
      />
      <div class="work">
        <div class="middle">
          <Stage
            controller={controller}
            state={state}
            typing={typing}
            field={screen}
            onInput={(action, at) => keys.pass(action, at)}
            onLetGo={() => keys.releaseAll(now())}
            onCanvases={onCanvases}
            onPlacement={(next) => {
              placement.current = next;
              showView();
            }}
            onKey={(event) => onKey(event, !reachesHost(controller.state))}
          />
          <Notice controller={controller} state={state} onRecordings={onRecordings} />
          {panel === 'people' && (
            <PeoplePanel controller={controller} state={state} onClose={() => showPanel(undefined)} />
          )}
          {panel === 'help' && <HelpPanel say={say} onClose={() => showPanel(undefined)} />}
          {panel === 'details' && <CodecPanel say={say} state={state} onClose={() => showPanel(undefined)} />}
          <ControlRequest controller={controller} state={state} />
          {state.recorded !== undefined && <RecordedCard controller={controller} recorded={state.recorded} />}
        </div>
        {panel === 'lab' && (
          <LabPanel controller={controller} state={state} onClose={() => showPanel(undefined)} />
        )}
        {hasRow && <KeysRow say={say} keys={keys} typing={typing} onTyping={showKeyboard} />}
        <ChatPane
          controller={controller}
          state={state}
          pane={chatPane}
          field={chatField}
          onClose={() => showChat(false)}
        />
      </div>
      <StatusStrip controller={controller} state={state} onPanel={showPanel} />
      <Toast telling={controller} id="told" />
    </div>
  );
}

/** The first button of the bar that is seen: which of them are follows the window's width. */
function focusToolbar(session: HTMLElement): void {
  const buttons = session.querySelectorAll<HTMLElement>('[role="toolbar"] .item button:not(:disabled)');
  [...buttons].find((button) => button.offsetWidth > 0)?.focus();
}
