/** The page's two tabs: the session that it watches, and recordings. */
import type { Say } from '../messages.js';
import type { TabName } from './address.js';
import { FilmIcon, ScreenIcon } from './icons.js';

export interface TabsProps {
  readonly say: Say;
  readonly tab: TabName;
  onTab(tab: TabName): void;
}

const TABS = [
  { name: 'session', icon: <ScreenIcon /> },
  { name: 'recordings', icon: <FilmIcon /> },
] as const;

export function Tabs({ say, tab, onTab }: TabsProps) {
  return (
    <div class="tabs" role="tablist" aria-label={say('tabs')}>
      {TABS.map(({ name, icon }) => (
        <button
          key={name}
          type="button"
          class="button tab"
          role="tab"
          data-tab={name}
          aria-selected={name === tab}
          title={say(`tab.${name}.hint`)}
          aria-label={say(`tab.${name}`)}
          onClick={() => onTab(name)}
        >
          {icon}
          <span class="text">{say(`tab.${name}`)}</span>
        </button>
      ))}
    </div>
  );
}
