/** What the page's own address asks for beside the session: `?lang=fr`, `?name=Ada`, `?tab=recordings`. */
import { MAX_NAME } from '../settings/settings.js';

export type TabName = 'session' | 'recordings';

export interface PageOptions {
  readonly lang: string | null;
  readonly name: string | null;
  readonly tab: TabName;
}

export function readOptions(search: string): PageOptions {
  const query = new URLSearchParams(search);
  return {
    lang: query.get('lang'),
    name: query.get('name')?.trim().slice(0, MAX_NAME) || null,
    tab: query.get('tab') === 'recordings' ? 'recordings' : 'session',
  };
}

/** The same address with another tab: what a reload and a bookmark come back to. */
export function withTab(address: string, tab: TabName): string {
  const url = new URL(address);
  if (tab === 'recordings') url.searchParams.set('tab', tab);
  else url.searchParams.delete('tab');
  return url.href;
}
