/** The page's two tabs: the session that it watches, and recordings. */

import type { Controller } from '../session/controller.js';
import { lampOf } from '../session/state.js';
import { FilmIcon, ScreenIcon } from '../ui/icons.js';
import { useWatched } from '../ui/Toast.js';
import type { TabName } from './address.js';

export interface TabsProps {
  /** Of the session, whose name and state are seen in its tab wherever one is. */
  readonly controller: Controller;
  readonly tab: TabName;
  onTab(tab: TabName): void;
}

export function Tabs({ controller, tab, onTab }: TabsProps) {
  const { say } = controller;
  const state = useWatched(controller);
  const lamp = lampOf(state);
  const common = (name: TabName) => ({
    type: 'button' as const,
    class: 'button tab',
    role: 'tab' as const,
    'data-tab': name,
    'aria-selected': name === tab,
    // One stop for the Tab key; arrows go on from there.
    tabIndex: name === tab ? 0 : -1,
    // The panel of the other tab is in the page only once it was looked at.
    'aria-controls': name === tab ? `panel-${name}` : undefined,
    title: say(`tab.${name}.hint`),
    onClick: () => onTab(name),
  });
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label={say('tabs')}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        event.stopPropagation();
        onTab(tab === 'session' ? 'recordings' : 'session');
      }}
    >
      <button {...common('session')}>
        <ScreenIcon />
        <span class="host">{state.viewer.hostName || say('tab.session')}</span>
        {state.obstacle === undefined && <span class={`lamp ${lamp}`}>{say(`link.${lamp}`)}</span>}
      </button>
      <button {...common('recordings')} aria-label={say('tab.recordings')}>
        <FilmIcon />
        <span class="text">{say('tab.recordings')}</span>
      </button>
    </div>
  );
}
