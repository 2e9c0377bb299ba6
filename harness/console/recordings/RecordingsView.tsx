/** The Recordings tab: its bar, and below it the list or the recording that is open. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { toggleFullScreen } from '../app/App.js';
import {
  BackIcon,
  ChatIcon,
  ConvertIcon,
  DownloadIcon,
  FolderIcon,
  FullScreenIcon,
  KeyboardIcon,
  ListIcon,
} from '../app/icons.js';
import { Toast, useWatched } from '../app/Toast.js';
import { Action, Bar, Toggle } from '../app/Toolbar.js';
import { ConversionTray } from './ConversionTray.js';
import type { RecordingsController } from './controller.js';
import { isGrowing } from './library.js';
import type { OpenPlayer } from './open-player.js';
import { PlayerView } from './PlayerView.js';
import { RecordingList } from './RecordingList.js';
import { dateInWords } from './words.js';

export interface RecordingsViewProps {
  readonly controller: RecordingsController;
  /** Whether the tab is what the page shows now. */
  readonly active: boolean;
  readonly tabs: ComponentChildren;
}

/** How often the list looks after a recording that is being made. */
const GROWING_MS = 2000;

export function RecordingsView({ controller, active, tabs }: RecordingsViewProps) {
  const { say } = controller;
  const { library, player, conversions } = useWatched(controller);

  useEffect(() => {
    if (active) controller.refresh();
    else player?.pause();
  }, [active]);

  // Closing the page would end what is being converted.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => controller.isConverting && event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [controller]);

  // What is being recorded, perhaps in another tab, grows, and ends some time.
  const hasGrowing = player === undefined && library.entries.some(isGrowing);
  useEffect(() => {
    if (!active || !hasGrowing) return;
    const timer = setInterval(() => controller.refresh(), GROWING_MS);
    return () => clearInterval(timer);
  }, [active, hasGrowing]);

  useEffect(() => {
    if (active) document.title = say('title.session', { host: player?.entry.name ?? say('tab.recordings') });
  }, [active, player]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the focus where it is.
    <div
      class="app recordings"
      // A press with the pointer leaves the focus to the picture: Space goes on meaning play and pause.
      onMouseDown={(event) => {
        const isButton = (event.target as Element).closest('button') !== null;
        if (player !== undefined && isButton) event.preventDefault();
      }}
    >
      <Bar say={say} tabs={tabs}>
        {player === undefined ? (
          <div class="group">
            <OpenButton controller={controller} />
          </div>
        ) : (
          <PlayerTools controller={controller} player={player} />
        )}
      </Bar>
      {player === undefined ? (
        <RecordingList controller={controller} library={library} />
      ) : (
        <PlayerView key={player.entry.id} controller={controller} player={player} active={active} />
      )}
      <ConversionTray controller={controller} conversions={conversions} />
      <Toast telling={controller} id="told-recordings" />
    </div>
  );
}

/** A button that lets the person pick files. */
export function OpenButton({ controller, main }: { controller: RecordingsController; main?: boolean }) {
  const { say } = controller;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={`button ${main ? 'main' : ''}`}
        id={main ? 'open-main' : 'open'}
        title={say('recordings.open.hint')}
        aria-label={say('recordings.open.hint')}
        onClick={() => input.current!.click()}
      >
        <FolderIcon />
        <span class="text">{say('recordings.open')}</span>
      </button>
      <input
        ref={input}
        class="file"
        type="file"
        multiple
        accept=".rcrec"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // The same file may be picked again.
          event.currentTarget.value = '';
          if (files.length > 0) controller.add(files);
        }}
      />
    </>
  );
}

function PlayerTools({ controller, player }: { controller: RecordingsController; player: OpenPlayer }) {
  const { say } = controller;
  const { summary, panel, chat, showsChat } = useWatched(player);
  const locale = document.documentElement.lang;
  return (
    <>
      <div class="group">
        <Action
          id="back"
          title={say('recordings.back')}
          label={say('recordings.back.short')}
          onClick={() => controller.close()}
        >
          <BackIcon />
        </Action>
      </div>
      <div class="group title">
        <span>
          <span class="name">{player.entry.name}</span>
          {summary !== undefined && (
            <span class="hint">{[summary.host, dateInWords(summary.startedAt, locale)].join(' · ')}</span>
          )}
        </span>
      </div>
      <div class="group end">
        <Action
          id="download"
          title={say('recordings.download')}
          label={say('recordings.download.short')}
          onClick={() => controller.save(player.entry.id)}
        >
          <DownloadIcon />
        </Action>
        <Toggle
          id="convert"
          on={panel === 'convert'}
          expands
          title={say('convert.hint')}
          label={say('convert')}
          onClick={() => player.showPanel('convert')}
        >
          <ConvertIcon />
        </Toggle>
        <Toggle
          id="chapters"
          on={panel === 'chapters'}
          expands
          title={say('player.chapters')}
          label={say('player.chapters')}
          onClick={() => player.showPanel('chapters')}
        >
          <ListIcon />
        </Toggle>
        {chat.length > 0 && (
          <Toggle
            id="player-chat"
            on={showsChat}
            expands
            title={say('chat.log')}
            label={say('chat')}
            onClick={() => player.toggleChat()}
          >
            <ChatIcon />
          </Toggle>
        )}
        <Toggle
          id="player-help"
          on={panel === 'help'}
          expands
          title={say('help')}
          onClick={() => player.showPanel('help')}
        >
          <KeyboardIcon />
        </Toggle>
        <Action id="player-fullscreen" title={say('help.fullscreen')} onClick={toggleFullScreen}>
          <FullScreenIcon />
        </Action>
      </div>
    </>
  );
}
