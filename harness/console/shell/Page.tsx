/**
 * The page as a whole: the session and the recordings, one of them seen. The other goes on as it is: a session is
 * not left because somebody looks at a recording.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SUFFIX } from '../kept-recordings.js';
import type { RecordingsController } from '../recordings/controller.js';
import { RecordingsView } from '../recordings/RecordingsView.js';
import { App } from '../session/App.js';
import type { Controller } from '../session/controller.js';
import { type TabName, withTab } from './address.js';
import { DropTarget } from './DropTarget.js';
import { Tabs } from './Tabs.js';

export interface PageProps {
  readonly controller: Controller;
  readonly tab: TabName;
  /** Called when recordings are first looked at. */
  startRecordings(): RecordingsController;
  onCanvases(picture: HTMLCanvasElement, overlay: HTMLCanvasElement): void;
}

export function Page({ controller, tab: first, startRecordings, onCanvases }: PageProps) {
  const { say } = controller;
  const [tab, setTab] = useState(first);
  const recordings = useRef<RecordingsController | undefined>(undefined);
  if (tab === 'recordings') recordings.current ??= startRecordings();
  const page = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  // Another language is another text everywhere.
  const [, setLocale] = useState(controller.state.locale);

  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    history.replaceState(null, '', withTab(location.href, tab));
    // The button that was pressed is in the view that has gone.
    page.current?.querySelector<HTMLElement>('.view:not([inert]) [aria-selected="true"]')?.focus();
  }, [tab]);

  useEffect(() => {
    // What is being recorded is in the list from its start.
    let wasRecording = controller.state.recording.active;
    const stop = controller.watch(({ recording, locale }) => {
      setLocale(locale);
      if (recording.active !== wasRecording) recordings.current?.refresh();
      wasRecording = recording.active;
    });
    controller.onRecorded = ({ file, name, kept }) => {
      if (kept) return;
      recordings.current ??= startRecordings();
      recordings.current.collect([new File([file], name + SUFFIX)]);
    };
    controller.onPlay = ({ name, kept }) => {
      recordings.current ??= startRecordings();
      void recordings.current.openNamed(name, kept);
      setTab('recordings');
    };
    return stop;
  }, [controller]);

  const tabs = <Tabs controller={controller} tab={tab} onTab={setTab} />;
  return (
    <div class="views" ref={page}>
      <div class="view" id="panel-session" role="tabpanel" inert={tab !== 'session'}>
        <App
          controller={controller}
          active={tab === 'session'}
          tabs={tabs}
          onRecordings={() => setTab('recordings')}
          onCanvases={onCanvases}
        />
      </div>
      {recordings.current !== undefined && (
        <div class="view" id="panel-recordings" role="tabpanel" inert={tab !== 'recordings'}>
          <RecordingsView controller={recordings.current} active={tab === 'recordings'} tabs={tabs} />
        </div>
      )}
      <DropTarget
        say={say}
        onFiles={(files) => {
          recordings.current ??= startRecordings();
          recordings.current.add(files);
          setTab('recordings');
        }}
      />
    </div>
  );
}
