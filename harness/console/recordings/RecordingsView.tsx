/** The Recordings tab: its bar, and below it the list or the recording that is open. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Bar, type BarItem } from '../ui/Bar.js';
import { toggleFullScreen } from '../ui/full-screen.js';
import {
  BackIcon,
  ChatIcon,
  ConvertIcon,
  DownloadIcon,
  FolderIcon,
  FullScreenIcon,
  HelpIcon,
  ListIcon,
} from '../ui/icons.js';
import { Toast, useWatched } from '../ui/Toast.js';

import { ConversionTray } from './ConversionTray.js';
import type { RecordingsController } from './controller.js';
import { isGrowing } from './library.js';
import { FileInput } from './OpenButton.js';
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
      {player === undefined ? (
        <ListBar controller={controller} tabs={tabs} />
      ) : (
        <PlayerBar controller={controller} player={player} tabs={tabs} />
      )}
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

interface BarProps {
  readonly controller: RecordingsController;
  readonly tabs: ComponentChildren;
}

function ListBar({ controller, tabs }: BarProps) {
  const { say } = controller;
  const input = useRef<HTMLInputElement>(null);
  const open: BarItem = {
    kind: 'command',
    id: 'open',
    fold: 0,
    label: say('recordings.open'),
    hint: say('recordings.open.hint'),
    icon: <FolderIcon />,
    run: () => input.current!.click(),
  };
  return (
    <>
      <Bar say={say} tabs={tabs} groups={[[open], []]} />
      <FileInput controller={controller} input={input} />
    </>
  );
}

function PlayerBar({ controller, player, tabs }: BarProps & { readonly player: OpenPlayer }) {
  const { say } = controller;
  const { summary, panel, chat, showsChat } = useWatched(player);
  const locale = document.documentElement.lang;
  const back: BarItem = {
    kind: 'command',
    id: 'back',
    fold: 0,
    label: say('recordings.back.short'),
    hint: say('recordings.back'),
    icon: <BackIcon />,
    run: () => controller.close(),
  };
  const tools: BarItem[] = [
    {
      kind: 'command',
      id: 'download',
      fold: 40,
      label: say('recordings.download.short'),
      hint: say('recordings.download'),
      icon: <DownloadIcon />,
      run: () => controller.save(player.entry.id),
    },
    {
      kind: 'command',
      id: 'convert',
      fold: 30,
      label: say('convert'),
      hint: say('convert.hint'),
      icon: <ConvertIcon />,
      on: panel === 'convert',
      expands: true,
      run: () => player.showPanel('convert'),
    },
    {
      kind: 'command',
      id: 'chapters',
      fold: 50,
      label: say('player.chapters'),
      hint: say('player.chapters'),
      icon: <ListIcon />,
      on: panel === 'chapters',
      expands: true,
      run: () => player.showPanel('chapters'),
    },
    {
      kind: 'command',
      id: 'player-chat',
      fold: 60,
      key: 'M',
      label: say('chat'),
      hint: say('chat.log'),
      icon: <ChatIcon />,
      absent: chat.length === 0,
      on: showsChat,
      expands: true,
      run: () => player.toggleChat(),
    },
    {
      kind: 'command',
      id: 'player-help',
      fold: 100,
      key: 'H',
      label: say('help'),
      plain: true,
      hint: say('help'),
      icon: <HelpIcon />,
      on: panel === 'help',
      expands: true,
      run: () => player.showPanel('help'),
    },
    {
      kind: 'command',
      id: 'player-fullscreen',
      fold: 90,
      key: 'F',
      label: say('help.fullscreen'),
      plain: true,
      hint: say('help.fullscreen'),
      icon: <FullScreenIcon />,
      run: toggleFullScreen,
    },
  ];
  return (
    <Bar
      say={say}
      tabs={tabs}
      groups={[[back], tools]}
      title={
        <div class="group title">
          <span>
            <span class="name">{player.entry.name}</span>
            {summary !== undefined && (
              <span class="hint">{[summary.host, dateInWords(summary.startedAt, locale)].join(' · ')}</span>
            )}
          </span>
        </div>
      }
    />
  );
}
