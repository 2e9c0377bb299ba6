/** What the page's own address asks for beside the session: `?lang=fr`, `?name=Ada`. */
export interface PageOptions {
  readonly lang: string | null;
  readonly name: string | null;
}

/** Longest name that is shown to others. */
const MAX_NAME = 60;

export function readOptions(search: string): PageOptions {
  const query = new URLSearchParams(search);
  return { lang: query.get('lang'), name: query.get('name')?.trim().slice(0, MAX_NAME) || null };
}
