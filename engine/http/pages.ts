/** Answers of a page's files, from memory and at once: they pass no router. */
import type { HttpReply, HttpRequest } from '../transport/index.js';
import { chooseEncoding } from './encodings.js';
import type { PageFile } from './page-files.js';

/** The answer to GET and HEAD; undefined where no file has this path, or something else is asked. */
export function answerPage(
  request: HttpRequest,
  page: ReadonlyMap<string, PageFile>,
  headers: Readonly<Record<string, string>>,
): HttpReply | undefined {
  const file = page.get(request.path);
  if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return undefined;
  const encoding = chooseEncoding(request.header('accept-encoding'), file.forms);
  const { body, etag } = file.forms.get(encoding)!;
  const cached: Record<string, string> = { ...headers, ETag: etag, 'Cache-Control': file.caching };
  if (file.forms.size > 1) cached.Vary = 'Accept-Encoding';
  if (isHeld(request.header('if-none-match'), etag)) return { status: 304, headers: cached, body: '' };
  if (encoding !== 'identity') cached['Content-Encoding'] = encoding;
  cached['Content-Type'] = file.type;
  return { status: 200, headers: cached, body };
}

/** Whether a client has the form with this tag; proxies make tags weak (RFC 9110, 13.1.2). */
function isHeld(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === '') return false;
  return ifNoneMatch.split(',').some((tag) => {
    const held = tag.trim();
    return held === '*' || held.replace(/^W\//, '') === etag;
  });
}
